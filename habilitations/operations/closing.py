"""Closing a service, and what becomes of those who are attached to it alone (domain, 4.4)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.refusals import Refusal
from habilitations import notifications, policies
from habilitations.enums import Leaving
from habilitations.holdings import carried
from habilitations.models import Attachment
from habilitations.operations._parts import end_many, open_many
from services.models import Service
from services.operations import close_service
from structures.models import Structure
from users.models import User


class ClosingRefused(Refusal):
    """A service was not closed."""


@transaction.atomic
def close(
    *,
    service_id: int,
    active_until: datetime | None = None,
    people: Leaving = Leaving.STAY,
    move_to_id: int | None = None,
    by: Any,
    at: datetime,
) -> Service:
    """Close a service; its people stay (their rights there sleep), move to another, or are raised to the structure.

    Whoever moves keeps the profiles that `by` may give where they go; each is told.

    :raises ClosingRefused: they go to no active service of the structure, or `by` may not attach there.
    :raises ServiceRefused: as `services.operations.close_service`.
    """
    attached = Attachment.objects.filter(service_id=service_id, ended_at=None)
    User.objects.locked_many(attached.values_list("user", flat=True))
    service = close_service(service_id=service_id, active_until=active_until, by=by, at=at)
    attachments = list(
        attached.select_related("user", "service").order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    for attachment in attachments:
        attachment.structure = service.structure
    if people != Leaving.STAY and attachments:
        target = _target(service, people, move_to_id, at)
        if not policies.may_attach(by, target or service.structure):
            raise ClosingRefused(policies.WHO_MAY_ATTACH, field="people")
        _move(attachments, service.structure, target, by=by, at=at)
    notifications.service_closed(attachments, service, people=people, at=at)
    return service


def _target(service: Service, people: Leaving, move_to_id: int | None, at: datetime) -> Service | None:
    if people == Leaving.RAISE:
        return None
    others = Service.objects.active(at).filter(structure=service.structure_id).exclude(pk=service.pk)
    if target := others.filter(pk=move_to_id).first():
        return target
    raise ClosingRefused("Choisissez un service actif de la même structure.", field="move_to")


def _move(
    attachments: list[Attachment], structure: Structure, target: Service | None, *, by: Any, at: datetime
) -> None:
    held = carried(attachments)
    place = target or structure
    mine = rights.gate().profiles_on(by, [place], at=at)[place]
    may_give = policies.grantable(by, structure, mine)
    users = [each.user_id for each in attachments]
    there = set(
        Attachment.objects.filter(user__in=users, structure=structure, service=target, ended_at=None).values_list(
            "user", flat=True
        )
    )
    openings = [
        (
            Attachment(
                user=each.user,
                structure=structure,
                service=target,
                started_at=at,
                started_by=by,
                ends_at=each.ends_at,
            ),
            frozenset(held[each.pk]) & may_give,
        )
        for each in attachments
        if each.user_id not in there
    ]
    end_many(attachments=attachments, by=by, at=at)
    if openings:
        open_many(openings=openings, by=by, at=at)
