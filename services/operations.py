"""What changes a service."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from services import policies
from services.models import CODE_MAX, Service
from structures.models import Structure

DEFAULT_CODE, DEFAULT_LABEL = "FACTURES_PUBLIQUES", "Service des factures publiques"


class ServiceRefused(Refusal):
    """A service was not written."""


@transaction.atomic
def create_service(
    *,
    structure_id: int,
    code: str,
    label: str,
    description: str = "",
    active_from: datetime,
    active_until: datetime | None = None,
    engagement_required: bool = False,
    by: Any,
    at: datetime,
) -> Service:
    """Open a service in a structure (guide, section 2). It is known at once, active from its start on.

    :raises ServiceRefused: the right was lost since the page was shown, the code is taken whatever its case,
        the engagement is asked of a private structure, or a rule of `Service` is broken.
    """
    structure = Structure.objects.locked(structure_id)
    if by and not policies.may_create(by, structure):
        raise ServiceRefused("Vous ne gérez plus cette structure. Choisissez-en une autre.", field="structure")
    check_code(structure=structure, code=code)
    if engagement_required and not structure.is_public:
        raise ServiceRefused(
            "Seul un service d’une entité publique peut exiger le numéro d’engagement. Décochez la case.",
            field="engagement_required",
        )
    service = Service(
        structure=structure,
        code=code,
        label=label,
        description=description,
        active_from=active_from,
        active_until=active_until,
        engagement_required=engagement_required,
    )
    return _insert(service, by=by, at=at)


@transaction.atomic
def open_default_service(*, structure_id: int, by: Any, at: datetime) -> Service:
    """Give a public structure the service that each of them carries (domain, 4.1), active at once."""
    structure = Structure.objects.locked(structure_id)
    service = Service(structure=structure, code=DEFAULT_CODE, label=DEFAULT_LABEL, active_from=at)
    return _insert(service, by=by, at=at)


def check_code(*, structure: Structure, code: str) -> None:
    """Refuse a code that a service of the structure has already, and propose another that is free.

    :raises ServiceRefused: the code is taken, whatever its case.
    """
    taken = structure.services.coded(code).first()
    if taken:
        raise ServiceRefused(
            f"Le code «\u00a0{taken.code}\u00a0» existe déjà dans cette structure. "
            f"Choisissez-en un autre, par exemple «\u00a0{_free_code(structure, taken.code)}\u00a0».",
            field="code",
        )


def _insert(service: Service, *, by: Any, at: datetime) -> Service:
    service.created_at = at
    with refusing(Service, ServiceRefused):
        service.save(force_insert=True)
    Event.objects.record(Kind.SERVICE_CREATED, by=by, subject=service, scope=service.structure, at=at)
    return service


def _free_code(structure: Structure, code: str) -> str:
    """The first of CODE_2, CODE_3… that the structure does not have."""
    number = 2
    while structure.services.coded(candidate := f"{code[: CODE_MAX - 5]}_{number}").exists():
        number += 1
    return candidate
