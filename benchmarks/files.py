"""How fast the directory is written to files and read again, beside a raw COPY of the same rows."""

import csv
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from chorus_org.kernel.common.identifiers import IdentifierType
from services.annuaire import load
from services.directory.publishing import FILES
from services.published import STRUCTURE_COLUMNS
from structures.enums import Sector
from structures.models import Structure
from tests.support.factories import siret


def files(count: int) -> dict[str, Any]:
    """Write the directory in each of its forms, then read as many new structures as asked, twice; all is taken back.

    :returns: seconds, rows a second, and the most memory (MB) that this process took beyond what it began with.
    """
    begun, figures = _memory(), {}
    with TemporaryDirectory() as folder:
        for name, (_, write) in FILES.items():
            path = Path(folder) / name
            with path.open("wb") as file:
                figures[f"{name}, s"] = _seconds(lambda: write(file, timezone.now()))  # noqa: B023 - called at once
        figures["files written, MB of memory"] = _memory() - begun
        path = Path(folder) / "new.csv"
        _write_new(path, count)
        with transaction.atomic():
            raw = _seconds(lambda: _raw(count))
            transaction.set_rollback(True)
        with transaction.atomic():
            first = _seconds(lambda: _load(path, written=count))
            again = _seconds(lambda: _load(path, written=0))
            transaction.set_rollback(True)
        figures |= {
            "raw COPY, rows a second": round(count / raw),
            "import of new rows, rows a second": round(count / first),
            "import of the same, rows a second": round(count / again),
            "import, MB of memory": _memory() - begun,
        }
    return figures


def _write_new(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(STRUCTURE_COLUMNS)
        for number in range(count):
            flags = ["true", "false", "true", "false", "false", "false", "true"]
            place = [f"{number} rue de la Mairie", "", "", f"{number % 95 + 1:02}000", "NOUVELLE", "", "", "FR"]
            lines.writerow(
                [1, siret(number), f"COMMUNE NOUVELLE {number}", "false", "false", *flags, *place, "FRANCE"]
            )


def _raw(count: int) -> None:
    """What PostgreSQL alone takes for as many rows of the same table, with its constraints and its indexes."""
    written = [field for field in Structure._meta.concrete_fields if not (field.generated or field.primary_key)]
    columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in written)
    statement = sql.SQL("COPY structures_structure ({}) FROM STDIN").format(columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number in range(count):
            row = Structure(
                identifier_type=IdentifierType.SIRET,
                identifier=siret(number),
                legal_name=f"COMMUNE NOUVELLE {number}",
                address=f"{number} rue de la Mairie",
                postal_code=f"{number % 95 + 1:02}000",
                city="NOUVELLE",
                sector=Sector.PUBLIQUE,
                created_at=timezone.now(),
            )
            copy.write_row([getattr(row, field.attname) for field in written])
    _check_constraints()


def _load(path: Path, *, written: int) -> None:
    report = load(path, at=timezone.now())
    _check_constraints()
    if report.refused_count or report.written != written:
        raise CommandError(" ".join(report.sentences()))


def _check_constraints() -> None:
    """What a commit would check, for what is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _seconds(act: Callable[[], Any]) -> float:
    started = time.monotonic()
    act()
    return round(time.monotonic() - started, 2)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
