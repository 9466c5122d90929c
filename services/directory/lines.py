"""What invoicing software needs to reach a public structure since September 2026: « lignes d'annuaire » (domain, 12).

A line is about one exact address; what is to come, closed or without a date is never said to be reachable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chorus_org.kernel.common.identifiers import IdentifierType
from services.enums import ServiceState
from services.models import Service
from services.operations import DEFAULT_CODE
from structures.enums import SupplierMustGive
from structures.models import Structure

SIREN = 9
NEEDS_SERVICE = (SupplierMustGive.SERVICE, SupplierMustGive.BOTH)


@dataclass(frozen=True)
class Line:
    """
    :param address: the electronic address (BT-49, scheme 0225).
    :param why: why it is not to be used, or nothing.
    """

    address: str
    code: str
    why: str
    engagement_required: bool

    @property
    def is_reachable(self) -> bool:
        return not self.why


def lines_of(structure: Structure, services: Iterable[Service], *, at: datetime) -> list[Line]:
    """The line of the SIRET itself, then those of its services; none where there is no SIRET."""
    if structure.identifier_type != IdentifierType.SIRET:
        return []
    siret = structure.identifier
    base = f"{siret[:SIREN]}_{siret}"
    return [
        Line(base, "", _why_not(structure), structure.engagement_number_required),
        *(
            Line(f"{base}_{one.code}", one.code, _why_not_service(structure, one, at), _engagement(structure, one))
            for one in services
        ),
    ]


def _why_not(structure: Structure) -> str:
    if not structure.is_active:
        return "la structure n’est pas active"
    if structure.supplier_must_give in NEEDS_SERVICE:
        return "le SIRET seul ne suffit pas\u00a0: un code service est obligatoire"
    return ""


def _why_not_service(structure: Structure, service: Service, at: datetime) -> str:
    if not structure.is_active:
        return "la structure n’est pas active"
    if service.code == DEFAULT_CODE:
        return "réservé aux échanges entre entités publiques"
    state = service.state(at)
    return "" if state == ServiceState.ACTIF else f"service {state.label.lower()}"


def _engagement(structure: Structure, service: Service) -> bool:
    return service.engagement_required or structure.engagement_number_required
