"""What changes a service."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from services import policies
from services.enums import ServiceState
from services.models import CODE_MAX, Service
from structures.models import Structure

COPIED = (
    "code",
    "label",
    "description",
    "active_from",
    "active_until",
    "engagement_required",
    "created_at",
    "deleted_at",
)
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


class ServicesRefused(ServiceRefused):
    """Services were not written, none of them: each that is wrong says why."""

    def __init__(self, by_number: dict[int, ServiceRefused]) -> None:
        super().__init__(f"{len(by_number)} services ne peuvent pas être créés.")
        self.by_number = by_number


@transaction.atomic
def create_services(
    *, structure_id: int, services: Sequence[Mapping[str, Any]], by: Any, at: datetime
) -> list[Service]:
    """Open several services in a structure, all or none.

    :param services: the arguments of `create_service` for each.
    :raises ServicesRefused: some cannot be; by its number in the list, why.
    """
    Structure.objects.locked(structure_id)
    created, refused = [], {}
    for number, fields in enumerate(services):
        try:
            created.append(create_service(structure_id=structure_id, **fields, by=by, at=at))
        except ServiceRefused as refusal:
            refused[number] = refusal
    if refused:
        raise ServicesRefused(refused)
    return created


def check_services(*, structure_id: int, services: Sequence[Mapping[str, Any]], by: Any, at: datetime) -> None:
    """Say whether `create_services` would: it is done, and taken back.

    :raises ServicesRefused: some cannot be.
    """
    with transaction.atomic():
        create_services(structure_id=structure_id, services=services, by=by, at=at)
        transaction.set_rollback(True)


@transaction.atomic
def change_service(
    *,
    service_id: int,
    label: str,
    description: str,
    active_from: datetime,
    active_until: datetime | None,
    engagement_required: bool,
    by: Any,
    at: datetime,
) -> Service:
    """Change what a service says of itself; its code never changes, nor its start once it has begun.

    :raises ServiceRefused: `by` may not, it was deleted, its start is past, or a rule of `Service` is broken.
    """
    service = _to_change(service_id, by)
    if active_from != service.active_from and service.active_from <= at:
        raise ServiceRefused("Ce service a déjà commencé\u00a0: son début ne change plus.", field="active_from")
    if engagement_required and not service.structure.is_public:
        raise ServiceRefused(
            "Seul un service d’une entité publique peut exiger le numéro d’engagement. Décochez la case.",
            field="engagement_required",
        )
    new = {
        "label": label,
        "description": description,
        "active_from": active_from,
        "active_until": active_until,
        "engagement_required": engagement_required,
    }
    changed = sorted(name for name, value in new.items() if getattr(service, name) != value)
    if changed:
        _update(service, new, Kind.SERVICE_CHANGED, by=by, at=at, fields=changed)
    return service


@transaction.atomic
def reopen_service(*, service_id: int, active_until: datetime | None = None, by: Any, at: datetime) -> Service:
    """Open a closed service again, without an end or until another; the rights on it wake up with it.

    :raises ServiceRefused: `by` may not, it is not closed, or the new end is not to come.
    """
    service = _to_change(service_id, by)
    if service.state(at) != ServiceState.INACTIF:
        raise ServiceRefused("Ce service n’est pas fermé.")
    if active_until and active_until <= at:
        raise ServiceRefused("La nouvelle fin doit être à venir.", field="active_until")
    _update(service, {"active_until": active_until}, Kind.SERVICE_REOPENED, by=by, at=at)
    return service


@transaction.atomic
def close_service(*, service_id: int, active_until: datetime | None = None, by: Any, at: datetime) -> Service:
    """Close a service now, or at a moment to come; what becomes of its people is `habilitations`' to say.

    :raises ServiceRefused: `by` may not, it is not active, or the end is past.
    """
    service = _to_change(service_id, by)
    if service.state(at) != ServiceState.ACTIF:
        raise ServiceRefused("Ce service n’est pas actif\u00a0: il n’y a rien à fermer.")
    if active_until and active_until <= at:
        raise ServiceRefused("La fin doit être à venir. Sans date, il ferme à l’instant.", field="active_until")
    _update(service, {"active_until": active_until or at}, Kind.SERVICE_CLOSED, by=by, at=at)
    return service


@transaction.atomic
def delete_service(*, service_id: int, by: Any, at: datetime) -> Service:
    """Delete a service that was never active: nobody can have used it. Its code is kept by it.

    :raises ServiceRefused: `by` may not, or it has begun: then it is closed, never deleted.
    """
    service = _to_change(service_id, by)
    if service.state(at) != ServiceState.A_VENIR:
        raise ServiceRefused("Ce service a été actif\u00a0: il se ferme, il ne se supprime pas.")
    _update(service, {"deleted_at": at}, Kind.SERVICE_DELETED, by=by, at=at)
    return service


@transaction.atomic
def open_default_service(*, structure_id: int, by: Any, at: datetime) -> Service:
    """Give a public structure the service that each of them carries (domain, 4.1), active at once."""
    structure = Structure.objects.locked(structure_id)
    service = Service(structure=structure, code=DEFAULT_CODE, label=DEFAULT_LABEL, active_from=at)
    return _insert(service, by=by, at=at)


@transaction.atomic(savepoint=False)
def copy_services(*, structure: Structure, to: Structure, by: Any, at: datetime) -> dict[int, Service]:
    """Give a structure that has none all the services of another, as they are, deleted ones included.

    :param structure: locked, as is `to`.
    :returns: by the primary key of each, its copy.
    """
    services = list(Service.objects.filter(structure=structure).order_by("pk"))
    copies = [Service(structure=to, **{name: getattr(each, name) for name in COPIED}) for each in services]
    Service.objects.bulk_create(copies, batch_size=1000)
    Event.objects.record_many(
        Event.of(Kind.SERVICE_CREATED, by=by, subject=copy, scope=to, at=at) for copy in copies if not copy.deleted_at
    )
    return {each.pk: copy for each, copy in zip(services, copies, strict=True)}


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


def _to_change(service_id: int, by: Any) -> Service:
    service = Service.objects.locked_with_structure(service_id)
    if service.deleted_at:
        raise ServiceRefused("Ce service a été supprimé.")
    if by and not policies.may_modify(by, service):
        raise ServiceRefused(policies.WHO_MAY_MODIFY)
    return service


def _update(
    service: Service,
    new: dict[str, Any],
    kind: Kind,
    *,
    by: Any,
    at: datetime,
    fields: list[str] | None = None,
) -> None:
    for name, value in new.items():
        setattr(service, name, value)
    with refusing(Service, ServiceRefused):
        service.save(update_fields=list(new))
    Event.objects.record(kind, by=by, subject=service, scope=service.structure, at=at, fields=fields)


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
