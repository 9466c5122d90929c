"""Declaring that one is absent, and who answers meanwhile (domain, 1.5)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications
from habilitations.approvers import peers
from habilitations.models import Absence
from users.models import User


class AbsenceRefused(Refusal):
    """An absence was not declared."""


@transaction.atomic
def declare_absence(
    *, absent_from: datetime, absent_until: datetime, substitute_id: int | None = None, by: Any, at: datetime
) -> Absence:
    """Declare one's own absence, in the place of the former one.

    :raises AbsenceRefused: it is over already, ends before it begins, or the substitute may answer none of the
        requests that reach the person.
    """
    user = User.objects.locked(by.pk)
    if absent_until <= at:
        raise AbsenceRefused("Cette absence est déjà passée.", field="absent_until")
    substitute = peers(user, at=at).filter(pk=substitute_id).first() if substitute_id else None
    if substitute_id and not substitute:
        raise AbsenceRefused("Cette personne ne peut pas approuver à votre place.", field="substitute")
    Absence.objects.filter(user=user).delete()
    absence = Absence(user=user, absent_from=absent_from, absent_until=absent_until, substitute=substitute)
    with refusing(Absence, AbsenceRefused):
        absence.save(force_insert=True)
    Event.objects.record(Kind.ABSENCE_DECLARED, by=user, subject=user, at=at)
    if substitute:
        notifications.substitute_named(absence, at=at)
    return absence


@transaction.atomic
def end_absence(*, by: Any, at: datetime) -> None:
    """Be back before the end that was declared, or give up an absence to come; nothing where there is none."""
    user = User.objects.locked(by.pk)
    deleted, _ = Absence.objects.not_over(at).filter(user=user).delete()
    if deleted:
        Event.objects.record(Kind.ABSENCE_ENDED, by=user, subject=user, at=at)


@transaction.atomic(savepoint=False)
def forget_absences(*, user: User) -> None:
    """Forget when a person was absent, and that they stood in for others: their account is being erased.

    :param user: their row is locked by the caller.
    """
    Absence.objects.filter(user=user).delete()
    Absence.objects.filter(substitute=user).update(substitute=None)
