"""The whole directory as files: made at night or when an operator asks, for whoever wants it whole (api, 3.1)."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from procrastinate.exceptions import AlreadyEnqueued

from chorus_org.kernel.common.background import defer
from chorus_org.kernel.common.exports import CSV, SPREADSHEET, csv_lines, write_sheets
from chorus_org.kernel.common.paging import every
from chorus_org.kernel.common.refusals import Refusal
from services.models import PublishedFile, PublishedPart, Service
from services.published import SERVICE_COLUMNS, STRUCTURE_COLUMNS, service_row, structure_row
from structures.enums import Sector
from structures.models import Structure

PART = 1024 * 1024  # bytes
MADE_AGAIN = "services.directory.publishing.publish"  # as `periodic` names it


class AlreadyAsked(Refusal):
    """The files were asked, and are not made yet."""


def publish(*, at: datetime) -> None:
    """Make each file again, in bounded memory. Those of the time before stay, for who is reading them."""
    for name, (_, write) in FILES.items():
        with TemporaryFile() as file:
            write(file, at)
            file.seek(0)
            store(name=name, file=file, at=at)


@transaction.atomic
def store(*, name: str, file: IO[bytes], at: datetime) -> None:
    """Keep a file that was written; of its former ones the last alone."""
    former = PublishedFile.objects.filter(name=name).order_by("-made_at").values_list("pk", flat=True)
    PublishedFile.objects.filter(pk__in=list(former[1:])).delete()
    size, digest = 0, hashlib.sha256()
    kept = PublishedFile.objects.create(name=name, made_at=at, size=0, digest="")
    for number, content in enumerate(iter(lambda: file.read(PART), b"")):
        PublishedPart.objects.create(file=kept, number=number, content=content)
        digest.update(content)
        size += len(content)
    PublishedFile.objects.filter(pk=kept.pk).update(size=size, digest=digest.hexdigest())


@transaction.atomic
def ask_again(*, at: datetime) -> None:
    """Have the worker make the files again.

    :raises AlreadyAsked: it has not yet made those that were asked before.
    """
    try:
        with transaction.atomic():
            defer(MADE_AGAIN, key=MADE_AGAIN, timestamp=int(at.timestamp()))
    except AlreadyEnqueued as error:
        raise AlreadyAsked("Ces fichiers ont déjà été demandés\u00a0: ils seront là dans quelques minutes.") from error


def latest() -> dict[str, PublishedFile]:
    """The last file of each name, in the order of `FILES`: one query."""
    last = PublishedFile.objects.order_by("name", "-made_at").distinct("name")
    found = {file.name: file for file in last}
    return {name: found[name] for name in FILES if name in found}


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """One of the files, part by part; nothing of it for who has it already."""
    file = latest().get(name)
    if not file:
        raise Http404
    response = StreamingHttpResponse(_parts(file), content_type=FILES[name][0])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Length"] = str(file.size)
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["ETag"] = f'"{file.digest}"'
    made = int(file.made_at.timestamp())
    response.headers["Last-Modified"] = http_date(made)
    return get_conditional_response(request, response.headers["ETag"], made, response) or response


def _parts(file: PublishedFile) -> Iterator[bytes]:
    number = 0
    while part := PublishedPart.objects.filter(file=file, number=number).first():
        yield bytes(part.content)
        number += 1


def _structures() -> Iterator[list[Any]]:
    public = Structure.objects.filter(sector=Sector.PUBLIQUE).order_by("identifier", "identifier_type")
    return (structure_row(structure) for structure in every(public))


def _services(at: datetime) -> Iterator[list[Any]]:
    there = Service.objects.filter(deleted_at=None, structure__sector=Sector.PUBLIQUE).select_related("structure")
    return (service_row(one, at) for one in every(there.order_by("structure__identifier", "code", "pk")))


def _write_structures(file: IO[bytes], at: datetime) -> None:
    file.writelines(line.encode() for line in csv_lines(STRUCTURE_COLUMNS, _structures()))


def _write_services(file: IO[bytes], at: datetime) -> None:
    file.writelines(line.encode() for line in csv_lines(SERVICE_COLUMNS, _services(at)))


def _write_book(file: IO[bytes], at: datetime) -> None:
    sheets = [("Structures", STRUCTURE_COLUMNS, _structures()), ("Services", SERVICE_COLUMNS, _services(at))]
    write_sheets(file, sheets)


# Each file: its type, and what writes it
FILES: dict[str, tuple[str, Callable[[IO[bytes], datetime], None]]] = {
    "annuaire.xlsx": (SPREADSHEET, _write_book),
    "structures.csv": (CSV, _write_structures),
    "services.csv": (CSV, _write_services),
}
