"""Who holds which profile: the only writer of habilitation rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import Attachment
from structures.models import Structure
from structures.profiles import PUBLIC_ONLY, Profile


class ProfilesRefused(Refusal):
    """Profiles were not granted."""


@transaction.atomic
def grant(*, attachment: Attachment, profiles: Collection[Profile], by: Any, at: datetime) -> set[Profile]:
    """Give profiles to a person on what they are attached to: a row is carried by the attachment of its own level.

    The structure, then the attachment, are locked: a grant that crosses the end of the attachment leaves nothing.

    :returns: the profiles that were not held yet.
    :raises ProfilesRefused: the attachment is over, or the structure is private and the profile for public ones.
    """
    structure = Structure.objects.locked(attachment.structure_id)
    attachment = Attachment.objects.select_related("service").locked(attachment.pk)
    if not Attachment.objects.live(at).filter(pk=attachment.pk).exists():
        raise ProfilesRefused("Ce rattachement est terminé.")
    if not structure.is_public and PUBLIC_ONLY & set(profiles):
        raise ProfilesRefused("Les profils «\u00a0Engagement\u00a0» sont réservés aux structures publiques.")
    target = attachment.service or structure
    rows = ROWS[type(target)]
    names = permissions.profiles_of(type(target))
    held = {
        names[permission]
        for permission in rows.objects.filter(user=attachment.user_id, content_object=target).values_list(
            "permission", flat=True
        )
    }
    new = set(profiles) - held
    rows.objects.bulk_create(
        rows(user_id=attachment.user_id, permission_id=pk, content_object=target, granted_at=at, granted_by=by)
        for pk in permissions.ids(type(target), new)
    )
    if new:
        Event.objects.record(
            Kind.PROFILES_GRANTED,
            actor=by,
            subject=attachment.user,
            scope=structure,
            at=at,
            service=attachment.service and str(attachment.service.public_id),
            profiles=sorted(new),
        )
    return new


@transaction.atomic
def revoke_all(*, attachment: Attachment, by: Any, at: datetime) -> None:
    """Take back every profile that an attachment carries, as it ends.

    :param attachment: it and its structure are locked by the caller.
    """
    target = attachment.service or attachment.structure
    names = permissions.profiles_of(type(target))
    rows = ROWS[type(target)].objects.filter(user=attachment.user_id, content_object=target)
    revoked = sorted(names[permission] for permission in rows.values_list("permission", flat=True))
    if not revoked:
        return
    rows.delete()
    Event.objects.record(
        Kind.PROFILES_REVOKED,
        actor=by,
        subject=attachment.user,
        scope=attachment.structure,
        at=at,
        service=attachment.service and str(attachment.service.public_id),
        profiles=revoked,
    )
