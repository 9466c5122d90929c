"""What one takes along from the directory: the search as a file, the « lignes d'annuaire » of a structure."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.exports import csv_response, file_response
from chorus_org.kernel.common.paging import every
from services.directory.forms import DirectoryForm
from services.directory.lines import lines_of
from services.directory.views import public_structure
from services.models import Service
from services.published import STRUCTURE_COLUMNS, structure_row
from structures.enums import Sector
from structures.models import Structure

LINES = ("adresse", "siret", "code", "joignable", "motif", "engagement_obligatoire")


@require_safe
def structures(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The current search in the columns of Chorus Pro's own file, line by line."""
    asked = DirectoryForm(request.GET)
    if found := asked.found():
        rows: Iterable[Structure] = found.rows
    else:
        public = Structure.objects.filter(asked.where, sector=Sector.PUBLIQUE)
        rows = every(public.order_by("name_key", "pk"))
    return file_response("annuaire", form, STRUCTURE_COLUMNS, (structure_row(structure) for structure in rows))


@require_safe
def lines(request: HttpRequest, type_name: str, identifier: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """The « lignes d'annuaire » of a structure, for software: CSV or JSON."""
    structure = public_structure(type_name, identifier)
    services = Service.objects.filter(structure=structure, deleted_at=None).order_by("code", "pk")
    found = [
        (
            line.address,
            structure.identifier,
            line.code,
            line.is_reachable,
            line.why,
            line.engagement_required,
        )
        for line in lines_of(structure, services, at=timezone.now())
    ]
    if form == "json":
        return JsonResponse({"lignes": [dict(zip(LINES, line, strict=True)) for line in found]})
    return csv_response(f"lignes-{structure.identifier}.csv", LINES, found)
