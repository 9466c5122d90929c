"""The lock on logins (security, ruling 2).

Five failures lock the pair (account, network) for an hour: a lock on the account alone would let anyone freeze a
manager. Each network has a limit over all accounts, each account one over all networks. A try is counted before the
password is looked at, so that parallel tries cannot pass together; a success takes back what it counted, and no more.
The codes of the second factor have a pair and an account of their own: neither the right password nor a new one
forgives wrong codes, and the passwords that a whole network got wrong keep no right code out.
"""

from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from users.login.limits import Limit, LimitReached, count, counter_key, from_moment, network
from users.models import LoginCounter

PAIR = Limit(tries=5, window=timedelta(hours=1))
NETWORK = Limit(tries=100, window=timedelta(hours=1))
ACCOUNT = Limit(tries=100, window=timedelta(days=1))
KEPT = timedelta(days=2)  # longer than any window


class Step(Enum):
    """What is tried; the value begins the names of its counters."""

    PASSWORD = ""
    CODE = "code."


class LoginRefused(Refusal):
    """Too many failures: nobody looks at the password until `until`."""

    status = 429

    def __init__(self, until: datetime, *, at: datetime) -> None:
        start = from_moment(until, at=at)
        super().__init__(f"Connexion bloquée. Trop d’essais\u00a0: vous pourrez vous connecter à partir {start}.")
        self.until = until


@transaction.atomic
def count_try(*, email: str, address: str, at: datetime, step: Step = Step.PASSWORD) -> datetime | None:
    """Count a try as a failure, before it is made. Not to be called in a transaction that a refusal rolls back.

    Give until when the pair or the account is locked if this try fails; none if more may follow.

    :param email: the login address in its canonical form, known or not.
    :param address: the network address it comes from.
    :raises LoginRefused: one of the three limits is reached; nothing is counted then.
    """
    limits = _limits(email, address, step)
    try:
        counters = count(limits, at=at)
    except LimitReached as reached:
        raise LoginRefused(reached.until, at=at) from reached
    owned = (counter for counter in counters if limits[counter.key] is not NETWORK)
    return max((until for one in owned if (until := limits[one.key].closed_until(one, at))), default=None)


@transaction.atomic
def forget_try(*, email: str, address: str, step: Step = Step.PASSWORD) -> None:
    """Take back the try that succeeded; the pair starts afresh, the other counters keep their earlier failures."""
    limits = _limits(email, address, step)
    for counter in LoginCounter.objects.select_for_update().filter(key__in=limits).order_by("key"):
        counter.failures = 0 if limits[counter.key] is PAIR else max(counter.failures - 1, 0)
        counter.save(update_fields=["failures"])


@transaction.atomic
def unlock(*, email: str, address: str) -> None:
    """Let the owner of an account try passwords again, once they proved to be its owner (a reset by the mailbox)."""
    limits = _limits(email, address, Step.PASSWORD)
    keys = [key for key, limit in limits.items() if limit is not NETWORK]
    LoginCounter.objects.filter(key__in=keys).update(failures=0)


@transaction.atomic
def purge_counters(*, at: datetime) -> None:
    """Forget what was counted too long ago for any of the limits."""
    LoginCounter.objects.filter(last_at__lt=at - KEPT).delete()


def _limits(email: str, address: str, step: Step) -> dict[str, Limit]:
    limits = {
        counter_key(f"{step.value}pair", f"{email} {network(address)}"): PAIR,
        counter_key(f"{step.value}account", email): ACCOUNT,
    }
    return limits if step == Step.CODE else {counter_key("network", network(address)): NETWORK, **limits}
