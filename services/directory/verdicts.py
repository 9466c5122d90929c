"""Whether invoices addressed like this would arrive: one verdict a line, in a sentence (domain, 5 and 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models

from chorus_org.kernel.common.identifiers import IdentifierType, canonical, check_key
from services.enums import ServiceState
from services.models import Service
from services.operations import DEFAULT_CODE
from structures.enums import Sector, SupplierMustGive
from structures.models import Structure

MOST, ENGAGEMENT_MAX = 5_000, 50


class Verdict(models.TextChoices):
    OK = "OK", "Rien à corriger."
    BAD_KEY = "SIRET_INVALIDE", "Ce n’est pas un SIRET\u00a0: 14 chiffres, clé comprise."
    UNKNOWN = "INCONNUE", "Aucune structure publique ne porte ce SIRET."
    INACTIVE = "INACTIVE", "Cette structure n’est plus active."
    NO_SERVICE = "SERVICE_ABSENT", "Un code service est obligatoire."
    UNKNOWN_SERVICE = "SERVICE_INCONNU", "La structure n’a pas de service de ce code."
    CLOSED_SERVICE = "SERVICE_FERME", "Ce service est fermé."
    SERVICE_TO_COME = "SERVICE_A_VENIR", "Ce service n’est pas encore actif."
    RESERVED = "SERVICE_RESERVE", "Ce service est réservé aux échanges entre entités publiques."
    NO_ENGAGEMENT = "ENGAGEMENT_ABSENT", "Un numéro d’engagement est obligatoire."
    LONG_ENGAGEMENT = "ENGAGEMENT_TROP_LONG", f"Le numéro d’engagement a {ENGAGEMENT_MAX} caractères au plus."


STATES = {
    ServiceState.A_VENIR: Verdict.SERVICE_TO_COME,
    ServiceState.INACTIF: Verdict.CLOSED_SERVICE,
    ServiceState.SUPPRIME: Verdict.UNKNOWN_SERVICE,
}


@dataclass(frozen=True)
class Checked:
    number: int
    siret: str
    code: str
    engagement: str
    verdict: Verdict

    @property
    def cells(self) -> tuple[int | str, ...]:
        """The line as its file tells it."""
        return self.number, self.siret, self.code, self.engagement, self.verdict.value, self.verdict.label

    @property
    def is_ok(self) -> bool:
        return self.verdict == Verdict.OK


def read(rows: Sequence[Sequence[str]]) -> list[tuple[int, list[str]]]:
    """The lines that say something, each with its number and its three fields."""
    read_rows = []
    for number, row in enumerate(rows, start=1):
        fields = [*row, "", "", ""][:3]
        if any(fields) and not (number == 1 and fields[0].upper() == "SIRET"):
            read_rows.append((number, fields))
    return read_rows


def verdicts(rows: Sequence[tuple[int, list[str]]], *, at: datetime) -> list[Checked]:
    """A verdict on each line: 2 queries, whatever their number."""
    sirets = {number: _siret(fields[0]) for number, fields in rows}
    public = Structure.objects.filter(
        sector=Sector.PUBLIQUE, identifier_type=IdentifierType.SIRET, identifier__in=set(sirets.values()) - {""}
    )
    structures = {structure.identifier: structure for structure in public}
    asked = Service.objects.filter(structure__in=structures.values(), deleted_at=None)
    services = {(service.structure_id, service.code.lower()): service for service in asked}
    checked = []
    for number, (siret, code, engagement) in rows:
        structure = structures.get(sirets[number])
        service = services.get((structure.pk, code.lower())) if structure and code else None
        verdict = _verdict(sirets[number], structure, code, service, engagement, at)
        checked.append(Checked(number, sirets[number] or siret, code, engagement, verdict))
    return checked


def _siret(typed: str) -> str:
    try:
        siret = canonical(IdentifierType.SIRET, typed)
        check_key(IdentifierType.SIRET, siret)
    except ValidationError:
        return ""
    return siret


def _verdict(
    siret: str, structure: Structure | None, code: str, service: Service | None, engagement: str, at: datetime
) -> Verdict:
    if not siret:
        return Verdict.BAD_KEY
    if not structure:
        return Verdict.UNKNOWN
    if not structure.is_active:
        return Verdict.INACTIVE
    if code and not service:
        return Verdict.UNKNOWN_SERVICE
    if service and service.code == DEFAULT_CODE:
        return Verdict.RESERVED
    if service and service.state(at) != ServiceState.ACTIF:
        return STATES[service.state(at)]
    if len(engagement) > ENGAGEMENT_MAX:
        return Verdict.LONG_ENGAGEMENT
    return _missing(structure, service, engagement)


def _missing(structure: Structure, service: Service | None, engagement: str) -> Verdict:
    """What the structure asks for, as invoicing software reads its parameters (domain, 3.4)."""
    must = structure.supplier_must_give
    if must in (SupplierMustGive.SERVICE, SupplierMustGive.BOTH) and not service:
        return Verdict.NO_SERVICE
    wanted = must in (SupplierMustGive.ENGAGEMENT, SupplierMustGive.BOTH)
    wanted |= must == SupplierMustGive.EITHER and not service
    if (wanted or (service and service.engagement_required)) and not engagement:
        return Verdict.NO_ENGAGEMENT
    return Verdict.OK
