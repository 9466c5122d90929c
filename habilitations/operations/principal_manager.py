"""Who answers for a structure: exactly one person, its gestionnaire principal (GP)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.integrity import sentence_of
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import policies
from habilitations.models import Attachment
from habilitations.operations._parts import grant_many, open_many
from structures.models import Structure
from structures.profiles import ORGANISATION_PROFILES
from users.models import User


class PrincipalManagerRefused(Refusal):
    """The GP of a structure was not changed."""


@transaction.atomic
def appoint(*, structure_id: int, user_id: int, by: Any, at: datetime) -> None:
    """Make a person the GP of a structure that has none: the identity and the rights, together.

    The person is attached to the whole structure if need be, without a planned end, and holds every Organisation
    profile there as rows.

    :param by: who decided; none when the platform itself acts.
    :raises PrincipalManagerRefused: the operator may not appoint, or not themselves; the structure has a GP already,
        one of the two is not active, or the person's attachment there has not begun.
    """
    user = User.objects.locked(user_id)
    structure = Structure.objects.locked(structure_id)
    if by and not policies.may_appoint(by):
        raise PrincipalManagerRefused(policies.WHO_MAY_APPOINT)
    if by and by.pk == user.pk:
        raise PrincipalManagerRefused("Un exploitant ne se désigne pas lui-même. Demandez-le à un autre.")
    if structure.principal_manager_id:
        raise PrincipalManagerRefused("Cette structure a déjà un gestionnaire principal.")
    if not (user.is_active and structure.is_active):
        raise PrincipalManagerRefused("Ce compte ou cette structure n’est pas en activité.")
    held = Attachment.objects.select_related("user", "structure").of(user).whole().filter(structure=structure)
    attachment = held.live(at).first()
    if not attachment and held.filter(ended_at=None).exists():
        raise PrincipalManagerRefused(sentence_of(Attachment, "attachment_one_live"), field="user")
    if not attachment:
        attachment = Attachment(user=user, structure=structure, started_at=at, started_by=by)
        open_many(openings=[(attachment, structure.newcomers_profiles)], by=by, at=at)
    if attachment.ends_at:
        attachment.ends_at = None
        attachment.save(update_fields=["ends_at"])
        Event.objects.record(Kind.ATTACHMENT_PROLONGED, by=by, subject=user, scope=structure, at=at)
    grant_many(given=[(attachment, ORGANISATION_PROFILES)], by=by, at=at)
    structure.principal_manager = user
    structure.save(update_fields=["principal_manager"])
    Event.objects.record(Kind.PRINCIPAL_MANAGER_APPOINTED, by=by, subject=user, scope=structure, at=at)
