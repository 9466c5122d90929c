"""Who holds which profile."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from habilitations import policies
from habilitations.models import Attachment
from habilitations.operations._parts import grant_many
from structures.models import Structure
from structures.profiles import PUBLIC_ONLY, Profile


class ProfilesRefused(Refusal):
    """Profiles were not granted."""


@transaction.atomic
def grant(*, attachment: Attachment, profiles: Collection[Profile], by: Any, at: datetime) -> set[Profile]:
    """Give profiles to a person on what they are attached to: a row is carried by the attachment of its own level.

    The structure, then the attachment, are locked: a grant that crosses the end of the attachment leaves nothing.

    :param by: who decides; none when the platform itself acts.
    :returns: the profiles that were not held yet.
    :raises ProfilesRefused: `by` may not, the attachment is over, or the structure is private and the profile for
        public ones.
    """
    structure = Structure.objects.locked(attachment.structure_id)
    attachment = Attachment.objects.select_related("service", "user").locked(attachment.pk)
    if not Attachment.objects.live(at).filter(pk=attachment.pk).exists():
        raise ProfilesRefused("Ce rattachement est terminé.")
    if not structure.is_public and PUBLIC_ONLY & set(profiles):
        raise ProfilesRefused("Les profils «\u00a0Engagement\u00a0» sont réservés aux structures publiques.")
    attachment.structure = structure
    if by and not policies.may_grant(by, attachment):
        raise ProfilesRefused(policies.WHO_MAY_ATTACH)
    [new] = grant_many(given=[(attachment, profiles)], by=by, at=at)
    return new
