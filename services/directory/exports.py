"""What one takes along from the directory: the search as a file, the « lignes d'annuaire » of a structure."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.exports import csv_response, file_response
from chorus_org.kernel.common.identifiers import IdentifierType
from services.directory.forms import DirectoryForm
from services.directory.lines import lines_of
from services.directory.views import public_structure
from services.models import Service
from structures.enums import Sector
from structures.models import Structure

# The columns of the file that Chorus Pro publishes, in its order; its codes of types are those of its exchange format
COLUMNS = [
    "TypeIdentifiant",
    "Identifiant",
    "RaisonSociale",
    "EmetteurEdi",
    "RecepteurEdi",
    "GestionStatutMiseEnPaiement",
    "GestionEngagement",
    "GestionService",
    "GestionServiceEngagement",
    "EstMOA",
    "EstMOAUniquement",
    "StructureActive",
    "Adresse",
    "ComplementAdresse1",
    "ComplementAdresse2",
    "CodePostal",
    "Ville",
    "NumTelephone",
    "Courriel",
    "CodePays",
    "LibellePays",
]
TYPES = {
    IdentifierType.SIRET: 1,
    IdentifierType.UE_HORS_FRANCE: 2,
    IdentifierType.HORS_UE: 3,
    IdentifierType.RIDET: 4,
    IdentifierType.TAHITI: 5,
    IdentifierType.AUTRE: 6,
    IdentifierType.PARTICULIER: 7,
}
COUNTRIES = {"FR": "FRANCE"}
LINES = ("adresse", "siret", "code", "joignable", "motif", "engagement_obligatoire")


@require_safe
def structures(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The current search in the columns of Chorus Pro's own file, line by line."""
    asked = DirectoryForm(request.GET)
    if found := asked.found():
        rows: Iterable[Structure] = found.rows
    else:
        public = Structure.objects.filter(asked.where, sector=Sector.PUBLIQUE)
        rows = public.order_by("name_key", "pk").iterator(chunk_size=2000)
    return file_response("annuaire", form, COLUMNS, (_row(structure) for structure in rows))


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


def _row(structure: Structure) -> list[Any]:
    return [
        TYPES[IdentifierType(structure.identifier_type)],
        structure.identifier,
        structure.name,
        False,
        False,
        not structure.payment_status_hidden,
        structure.engagement_number_required,
        structure.service_code_required,
        structure.engagement_or_service_required,
        structure.has_project_owner,
        structure.is_project_owner_only,
        structure.is_active,
        structure.address,
        structure.address_extra_1,
        structure.address_extra_2,
        structure.postal_code,
        structure.city,
        structure.phone,
        structure.email,
        structure.country,
        COUNTRIES.get(structure.country, ""),
    ]
