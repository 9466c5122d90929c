"""Who holds which profile (guide, 3.4; domain, 7.4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.refusals import Refusal
from habilitations import notifications, policies
from habilitations.holdings import carried
from habilitations.models import Attachment
from habilitations.operations._parts import grant_many, revoke_many
from structures.models import Structure
from structures.profiles import PUBLIC_ONLY, Profile, given

WHY_FIXED = (
    "Nul ne se retire «\u00a0Organisation modification\u00a0»\u00a0: demandez-le à une autre personne qui gère la "
    "structure."
)
WHY_FIXED_MANAGER = "Le gestionnaire principal garde les profils de l’organisation tant qu’il gère la structure."


class ProfilesRefused(Refusal):
    """Profiles were not granted, or not taken back."""


class ProfilesChanged(ProfilesRefused):
    """Somebody else was faster."""

    status: ClassVar[int] = 409


@dataclass(frozen=True)
class Change:
    """What a choice of boxes does to what a person holds on one attachment.

    :param before: the profiles that the attachment carries as rows, :param after: those that it will carry.
    """

    before: frozenset[Profile]
    after: frozenset[Profile]

    @property
    def added(self) -> frozenset[Profile]:
        """What the person may do more, what the new profiles imply included."""
        return given(self.after) - given(self.before)

    @property
    def removed(self) -> frozenset[Profile]:
        """What the person may not do any more."""
        return given(self.before) - given(self.after)

    @property
    def unchanged(self) -> frozenset[Profile]:
        return given(self.before) & given(self.after)


@transaction.atomic
def grant(*, attachment: Attachment, profiles: Collection[Profile], by: Any, at: datetime) -> set[Profile]:
    """Give profiles to a person on what they are attached to: a row is carried by the attachment of its own level.

    The structure, then the attachment, are locked: a grant that crosses the end of the attachment leaves nothing.

    :param by: who decides; none when the platform itself acts.
    :returns: the profiles that were not held yet.
    :raises ProfilesRefused: `by` may not, or may not give one of them, the attachment is over, or the structure is
        private and the profile for public ones.
    """
    attachment = _locked(attachment, at)
    if not attachment.structure.is_public and PUBLIC_ONLY & set(profiles):
        raise ProfilesRefused("Les profils «\u00a0Engagement\u00a0» sont réservés aux structures publiques.")
    if by:
        _check_given(set(profiles), attachment, by=by, at=at)
    [new] = grant_many(given=[(attachment, profiles)], by=by, at=at)
    return new


@transaction.atomic
def change(
    *, attachment: Attachment, profiles: Collection[Profile], seen: Collection[Profile], by: Any, at: datetime
) -> Change:
    """Make an attachment carry the profiles ticked, in one go; what `by` may neither give nor take stays as it is.

    :param seen: the profiles that it carried when the boxes were shown.
    :raises ProfilesChanged: it carries others since.
    :raises ProfilesRefused: `by` may not, or may not give one of them, or the attachment is over.
    """
    attachment = _locked(attachment, at)
    done = check_change(attachment=attachment, profiles=profiles, seen=seen, by=by, at=at)
    if new := done.after - done.before:
        grant_many(given=[(attachment, new)], by=by, at=at)
    if gone := done.before - done.after:
        revoke_many(taken=[(attachment, gone)], by=by, at=at)
    if done.added | done.removed:
        notifications.profiles_changed(attachment, added=done.added, removed=done.removed, by=by, at=at)
    return done


@transaction.atomic
def give_up(*, attachment: Attachment, profile: Profile, by: Any, at: datetime) -> Change:
    """Give up a profile of one's own, and what gives it: nobody decides on that (domain, 7.5).

    :raises ProfilesRefused: it is another's attachment, or over, or the profile is not held or cannot be given up.
    """
    attachment = _locked(attachment, at)
    if attachment.user_id != by.pk:
        raise ProfilesRefused("Chacun ne renonce qu’à ses propres profils.")
    before = frozenset(carried([attachment])[attachment.pk])
    gone = frozenset(one for one in before if profile in given({one}))
    if not gone:
        raise ProfilesRefused("Vous ne détenez pas ce profil ici.")
    if gone & policies.fixed(by, attachment):
        raise ProfilesRefused(WHY_FIXED_MANAGER if policies.is_manager(attachment) else WHY_FIXED)
    revoke_many(taken=[(attachment, gone)], by=by, at=at)
    return Change(before, before - gone)


def check_change(
    *, attachment: Attachment, profiles: Collection[Profile], seen: Collection[Profile], by: Any, at: datetime
) -> Change:
    """What the boxes ticked would change.

    :raises ProfilesChanged: what is held is not what was shown with the boxes.
    :raises ProfilesRefused: `by` may not, or may not give one of them.
    """
    before = frozenset(carried([attachment])[attachment.pk])
    if before != set(seen):
        raise ProfilesChanged(
            "Les profils de cette personne ont changé entre-temps. Les voici tels qu’ils sont\u00a0: recommencez."
        )
    may_give = _check_given(set(profiles) - given(before), attachment, by=by, at=at)
    ticked = set(profiles) & (may_give | given(before))
    kept = before - may_give | before & policies.fixed(by, attachment)
    wanted = given(ticked | kept)
    implied = frozenset(one for one in wanted if any(one != other and one in given({other}) for other in wanted))
    return Change(before, (frozenset(ticked | kept) - implied) | before & wanted)


def _locked(attachment: Attachment, at: datetime) -> Attachment:
    structure = Structure.objects.locked(attachment.structure_id)
    attachment = Attachment.objects.select_related("service", "user").locked(attachment.pk)
    if not attachment.is_live(at):
        raise ProfilesRefused("Ce rattachement est terminé.")
    attachment.structure = structure
    return attachment


def _check_given(new: Collection[Profile], attachment: Attachment, *, by: Any, at: datetime) -> frozenset[Profile]:
    """What `by` may give there, once it is known that it holds what is new."""
    if not policies.may_grant(by, attachment):
        raise ProfilesRefused(policies.WHO_MAY_ATTACH)
    held = rights.gate().profiles_on(by, [attachment.target], at=at)[attachment.target]
    may_give = policies.grantable(by, attachment.structure, held)
    if beyond := sorted(Profile(profile).label for profile in new if profile not in may_give):
        raise ProfilesRefused(f"Vous ne pouvez pas donner ces profils\u00a0: {', '.join(beyond)}.", field="profiles")
    return may_give
