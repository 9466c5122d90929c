"""Who works for which structure or service."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.integrity import sentence_of
from chorus_org.kernel.common.refusals import Refusal
from habilitations import policies
from habilitations.models import Attachment
from habilitations.operations._parts import end_many, open_many
from services.models import Service
from structures.models import Structure
from users.models import User


class AttachmentRefused(Refusal):
    """A person was not attached, or not detached."""


@transaction.atomic
def attach(*, user_id: int, structure_id: int, service_id: int | None = None, by: Any, at: datetime) -> Attachment:
    """Attach a person to a structure, or to one service of it, with the profiles that an attachment brings.

    :param by: who decides; none when the platform itself acts.
    :raises AttachmentRefused: `by` may not, the account, the structure or the service is not active, the service is
        another structure's, or the person is attached at that level already.
    """
    user = User.objects.locked(user_id)
    structure = Structure.objects.locked(structure_id)
    if not user.is_active:
        raise AttachmentRefused("Ce compte n’est pas actif.", field="user")
    if not structure.is_active:
        raise AttachmentRefused("Cette structure n’est pas active.", field="structure")
    service = None
    if service_id:
        service = Service.objects.active(at).filter(structure=structure, pk=service_id).first()
        if not service:
            raise AttachmentRefused("Ce service n’est pas actif dans cette structure.", field="service")
    if by and not policies.may_attach(by, service or structure):
        raise AttachmentRefused(policies.WHO_MAY_ATTACH)
    if Attachment.objects.of(user).filter(structure=structure, service=service, ended_at=None).exists():
        raise AttachmentRefused(sentence_of(Attachment, "attachment_one_live"), field="user")
    attachment = Attachment(user=user, structure=structure, service=service, started_at=at, started_by=by)
    open_many(openings=[(attachment, structure.newcomers_profiles)], by=by, at=at)
    return attachment


@transaction.atomic
def end_attachment(*, attachment: Attachment, by: Any, at: datetime) -> None:
    """End an attachment, and the rights that it carries with it.

    That the structure keeps its manager is the caller's to check.

    :param by: who decides; none when the platform itself acts.
    :raises AttachmentRefused: `by` may not.
    """
    structure = Structure.objects.locked(attachment.structure_id)
    attachment = Attachment.objects.select_related("service", "user").locked(attachment.pk)
    if attachment.ended_at:
        return
    attachment.structure = structure
    if by and not policies.may_detach(by, attachment):
        raise AttachmentRefused(policies.WHO_MAY_ATTACH)
    end_many(attachments=[attachment], by=by, at=at)


@transaction.atomic
def end_as_planned(*, attachment_id: int, at: datetime) -> None:
    """End an attachment whose planned end is reached: its rights are asleep since, now its rows go."""
    structure = Structure.objects.locked(Attachment.objects.get(pk=attachment_id).structure_id)
    attachment = Attachment.objects.select_related("service", "user").locked(attachment_id)
    if attachment.ended_at or attachment.ends_at is None or attachment.ends_at > at:
        return
    attachment.structure = structure
    end_many(attachments=[attachment], by=None, at=at)
