"""What becomes of an account that nobody uses, when its time has come (`chorus_org.leaving.idle`)."""

from datetime import datetime

from django.db import transaction

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.idle import LIVES, NOTICE, to_erase, to_suspend, to_warn
from chorus_org.leaving.operations.closing import erase_account
from users import notifications
from users.models import AccountState, User
from users.operations.sessions import end_sessions


@transaction.atomic
def warn(*, user_id: int, at: datetime) -> None:
    """Tell a person what becomes of their account in a month."""
    user = User.objects.locked(user_id)
    if not to_warn(at).filter(pk=user.pk).exists():
        return
    user.warned_at = at
    user.save(update_fields=["warned_at"])
    if user.is_active:
        notifications.account_idle(user, until=at + NOTICE, at=at)
    else:
        notifications.account_to_erase(user, until=at + NOTICE, may_return=user.may_return(at), at=at)


@transaction.atomic
def suspend_unused(*, user_id: int, at: datetime) -> None:
    """Put to sleep an account that nobody used for a year; its mailbox opens it again."""
    user = User.objects.locked(user_id)
    if not to_suspend(at).filter(pk=user.pk).exists():
        return
    user.enter(AccountState.INUTILISE, at=at)
    end_sessions(user_id=user.pk)
    Event.objects.record(Kind.ACCOUNT_UNUSED, by=None, subject=user, at=at)
    notifications.account_unused(user, until=at + LIVES[AccountState.INUTILISE], at=at)


@transaction.atomic
def erase(*, user_id: int, at: datetime) -> None:
    """Erase an account that slept for too long, or whose owner asked for it a month ago."""
    user = User.objects.locked(user_id)
    if to_erase(at).filter(pk=user.pk).exists():
        erase_account(user_id=user.pk, at=at)
