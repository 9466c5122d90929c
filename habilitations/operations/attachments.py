"""Who works for which structure or service (guide, 3.3; domain, 6.4 and 6.5)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.integrity import sentence_of
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications, policies
from habilitations.models import Attachment
from habilitations.operations._parts import end_many, open_many
from habilitations.operations.invitations import invite
from services.models import Service
from structures.models import Structure
from users.models import AccountState, User

HAND_OVER_FIRST = (
    "Le gestionnaire principal ne peut pas être détaché avant d’avoir transmis la gestion de la structure."
)


class AttachmentRefused(Refusal):
    """A person was not attached, or not detached."""


@transaction.atomic
def attach(
    *,
    user_id: int,
    structure_id: int,
    service_id: int | None = None,
    ends_at: datetime | None = None,
    by: Any,
    at: datetime,
) -> Attachment:
    """Attach a person to a structure, or to one service of it, with the profiles that an attachment brings.

    :param ends_at: its planned end.
    :param by: who decides, who gives no profile that they may not; none when the platform itself acts.
    :raises AttachmentRefused: `by` may not, the account, the structure or the service is not active, the service is
        another structure's, or the person is attached at that level already.
    """
    user = User.objects.locked(user_id)
    if not user.is_active:
        raise AttachmentRefused("Ce compte n’est pas actif.", field="user")
    structure = Structure.objects.locked(structure_id)
    service = _place(structure, service_id, ends_at, by=by, at=at)
    return _open(user, structure, service, ends_at, by=by, at=at)


@transaction.atomic
def attach_person(
    *,
    email: str,
    structure_ids: Collection[int],
    service_id: int | None = None,
    ends_at: datetime | None = None,
    by: Any,
    at: datetime,
) -> None:
    """Attach whoever logs in with an address, at once and without approval; where no account acts, invite them.

    What is answered says nothing of which it was (domain, 6.4).

    :param structure_ids: several together, or one with `service_id`.
    :raises AttachmentRefused: as `attach`, or it is the person's own address.
    """
    if email == by.email:
        raise AttachmentRefused("Vous ne pouvez pas vous rattacher vous-même.", field="email")
    known = User.objects.filter(email=email, state=AccountState.ACTIF).values_list("pk", flat=True).first()
    user = User.objects.locked(known) if known else None
    for structure in Structure.objects.locked_many(structure_ids):
        service = _place(structure, service_id, ends_at, by=by, at=at)
        if user and user.is_active and user.email == email:
            attachment = _open(user, structure, service, ends_at, by=by, at=at)
            notifications.attached(attachment, at=at)
        else:
            invite(email=email, structure=structure, service=service, ends_at=ends_at, by=by, at=at)


@transaction.atomic
def detach(*, attachment: Attachment, ends_at: datetime | None, reason: str, by: Any, at: datetime) -> None:
    """End an attachment now, or have it end at a moment to come (`end_attachment`, `plan_end`)."""
    if ends_at:
        plan_end(attachment=attachment, ends_at=ends_at, by=by, at=at, reason=reason)
    else:
        end_attachment(attachment=attachment, by=by, at=at, reason=reason)


@transaction.atomic
def end_attachment(*, attachment: Attachment, by: Any, at: datetime, reason: str = "") -> None:
    """End an attachment, and all that goes with it: its rights, what the person asks there, whom they invited there.

    :param by: who decides; none when the platform itself acts.
    :raises AttachmentRefused: `by` may not, or the person manages the structure (domain, 6.5).
    """
    attachment = _locked(attachment.pk)
    if attachment.ended_at:
        return
    if by and not policies.may_detach(by, attachment):
        raise AttachmentRefused(policies.WHO_MAY_ATTACH)
    if policies.is_manager(attachment):
        raise AttachmentRefused(HAND_OVER_FIRST)
    if reason:
        attachment.end_reason = reason
        attachment.save(update_fields=["end_reason"])
    end_many(attachments=[attachment], by=by, at=at)
    notifications.detached(attachment, by=by, at=at)


@transaction.atomic
def plan_end(*, attachment: Attachment, ends_at: datetime, by: Any, at: datetime, reason: str = "") -> None:
    """Have an attachment end by itself at a moment to come; until then nothing changes.

    :raises AttachmentRefused: as `end_attachment`, or the moment is past.
    """
    attachment = _locked(attachment.pk)
    if attachment.ended_at:
        raise AttachmentRefused("Ce rattachement est terminé.")
    if not policies.may_detach(by, attachment):
        raise AttachmentRefused(policies.WHO_MAY_ATTACH)
    if policies.is_manager(attachment):
        raise AttachmentRefused(HAND_OVER_FIRST)
    if ends_at <= at:
        raise AttachmentRefused("La date de fin doit être à venir.", field="ends_at")
    attachment.ends_at, attachment.end_reason = ends_at, reason
    attachment.save(update_fields=["ends_at", "end_reason"])
    Event.objects.record(
        Kind.ATTACHMENT_END_PLANNED,
        by=by,
        subject=attachment.user,
        scope=attachment.structure,
        at=at,
        service=str(attachment.service.public_id) if attachment.service else None,
    )
    notifications.end_planned(attachment, by=by, at=at)


@transaction.atomic
def end_as_planned(*, attachment_id: int, at: datetime) -> None:
    """End an attachment whose planned end is reached: its rights are asleep since, now its rows go."""
    attachment = _locked(attachment_id)
    if attachment.ended_at or attachment.ends_at is None or attachment.ends_at > at or policies.is_manager(attachment):
        return
    end_many(attachments=[attachment], by=None, at=at)
    notifications.detached(attachment, by=None, at=at)


def _locked(attachment_id: int) -> Attachment:
    structure = Structure.objects.locked(Attachment.objects.get(pk=attachment_id).structure_id)
    attachment: Attachment = Attachment.objects.select_related("service", "user").locked(attachment_id)
    attachment.structure = structure
    return attachment


def _place(
    structure: Structure, service_id: int | None, ends_at: datetime | None, *, by: Any, at: datetime
) -> Service | None:
    """The service that somebody is attached to, or none for the whole structure, once all about it is right."""
    if not structure.is_active:
        raise AttachmentRefused("Cette structure n’est pas active.", field="structure")
    service = None
    if service_id:
        service = Service.objects.active(at).filter(structure=structure, pk=service_id).first()
        if not service:
            raise AttachmentRefused("Ce service n’est pas actif dans cette structure.", field="service")
    if by and not policies.may_attach(by, service or structure):
        raise AttachmentRefused(policies.WHO_MAY_ATTACH)
    if ends_at and ends_at <= at:
        raise AttachmentRefused("La fin prévue doit être à venir.", field="ends_at")
    return service


def _open(
    user: User, structure: Structure, service: Service | None, ends_at: datetime | None, *, by: Any, at: datetime
) -> Attachment:
    if Attachment.objects.of(user).filter(structure=structure, service=service, ended_at=None).exists():
        raise AttachmentRefused(sentence_of(Attachment, "attachment_one_live"), field="email")
    profiles = structure.newcomers_profiles
    if by:
        target = service or structure
        held = rights.gate().profiles_on(by, [target], at=at)[target]
        profiles &= policies.grantable(by, structure, held)
    attachment = Attachment(
        user=user, structure=structure, service=service, started_at=at, started_by=by, ends_at=ends_at
    )
    open_many(openings=[(attachment, profiles)], by=by, at=at)
    return attachment
