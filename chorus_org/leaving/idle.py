"""Accounts that nobody uses (domain, 2.8): warned at 11 months, suspended at 12; warned at 23, erased at 24.

Months are of 30 days within a year of 365. Nobody is suspended or erased who was not warned a month before: days when
the platform did not run put everything off. An account that operators suspended is theirs to deal with.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from users.models import RETURN_DELAY, AccountState, User

YEAR = timedelta(days=365)
NOTICE = timedelta(days=30)
# From the last use of an active account, or from the day when it ceased to act, to what becomes of it
LIVES = {AccountState.ACTIF: YEAR, AccountState.INUTILISE: YEAR, AccountState.DESACTIVE: 2 * YEAR}


def to_warn(at: datetime) -> QuerySet[User]:
    unwarned = Q(warned_at=None) | Q(warned_at__lt=F("since"))
    return _aged().filter(unwarned, _older(at, NOTICE, *LIVES), erasure_asked_at=None)


def to_suspend(at: datetime) -> QuerySet[User]:
    return _warned(at, AccountState.ACTIF)


def to_erase(at: datetime) -> QuerySet[User]:
    asked = User.objects.filter(state=AccountState.DESACTIVE, erasure_asked_at__lte=at - RETURN_DELAY)
    return User.objects.filter(
        Q(pk__in=asked.values("pk"))
        | Q(pk__in=_warned(at, AccountState.INUTILISE, AccountState.DESACTIVE).values("pk"))
    ).order_by("pk")


def _aged() -> QuerySet[User]:
    """Accounts with what they count from: GREATEST ignores what is not known."""
    return User.objects.annotate(since=Greatest("state_since", "created_at", "last_login")).order_by("pk")


def _older(at: datetime, by: timedelta, *states: AccountState) -> Q:
    """Those of these states whose life is over `by` before its end."""
    found = Q(pk__in=[])
    for state in states:
        found |= Q(state=state, since__lte=at - LIVES[state] + by)
    return found


def _warned(at: datetime, *states: AccountState) -> QuerySet[User]:
    """Those whose time has come, and who were told a month ago."""
    return _aged().filter(_older(at, timedelta(), *states), warned_at__gte=F("since"), warned_at__lte=at - NOTICE)
