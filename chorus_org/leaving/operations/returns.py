"""Coming back to an account that sleeps: closed by its owner, or unused for a year (domain, 2.8)."""

from datetime import datetime

from django.db import transaction

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users import notifications
from users.models import AccountState, LinkPurpose, User
from users.operations.links import LinkRefused, use_link


@transaction.atomic
def come_back(*, key: str, at: datetime) -> User:
    """Open an account that sleeps: its rights wake as they were, an erasure that was asked for is forgotten.

    It opens no session: one logs in as always.

    :raises LinkRefused: the link has lapsed or was used, or the account sleeps no more, or has for too long.
    """
    user = use_link(key=key, purpose=LinkPurpose.RETURN, at=at).user
    if not user.may_return(at):
        raise LinkRefused
    user.enter(AccountState.ACTIF, at=at)
    Event.objects.record(Kind.ACCOUNT_REOPENED, by=user, subject=user, at=at)
    notifications.account_reopened(user, at=at)
    return user
