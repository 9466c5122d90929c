"""The lock on logins (security, ruling 2).

Five failures lock the pair (account, network) for an hour: a lock on the account alone would let anyone freeze a
manager. Each network has a limit over all accounts, each account one over all networks. A browser that has opened the
account before has a count of its own: no failure of others keeps its owner out. A try is counted before the
password is looked at, so that parallel tries cannot pass together; a success takes back what it counted, and no more.
The codes of the second factor have a pair and an account of their own: neither the right password nor a new one
forgives wrong codes, and the passwords that a whole network got wrong keep no right code out.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from users.login.limits import Limit, LimitReached, count, counter_key, from_moment, of_networks
from users.models import LoginCounter

PAIR = Limit(tries=5, window=timedelta(hours=1))
NETWORK = Limit(tries=100, window=timedelta(hours=1))
ACCOUNT = Limit(tries=100, window=timedelta(days=1))
KEPT = timedelta(days=2)  # longer than any window
WAY_IN = "«\u00a0Mot de passe oublié\u00a0?\u00a0» vous ouvre votre compte sans attendre."


class Step(Enum):
    """What is tried; the value begins the names of its counters."""

    PASSWORD = ""
    CODE = "code."


class LoginRefused(Refusal):
    """Too many failures: nobody looks at the password until `until`."""

    status = 429

    def __init__(self, until: datetime, *, at: datetime, step: Step) -> None:
        start = from_moment(until, at=at)
        sentence = f"Connexion bloquée. Trop d’essais\u00a0: vous pourrez vous connecter à partir {start}."
        super().__init__(f"{sentence} {WAY_IN}" if step == Step.PASSWORD else sentence)
        self.until = until


class Limits(NamedTuple):
    """The counters of a try: those of its author, and those of a network, which its author shares with others."""

    owned: dict[str, Limit]
    pairs: set[str]
    shared: dict[str, Limit]


@transaction.atomic
def count_try(
    *, email: str, address: str, known: bool = False, at: datetime, step: Step = Step.PASSWORD
) -> datetime | None:
    """Count a try as a failure, before it is made. Not to be called in a transaction that a refusal rolls back.

    Give until when the pair or the account is locked if this try fails; none if more may follow.

    :param email: the login address in its canonical form, known or not.
    :param address: the network address it comes from.
    :param known: it comes from a browser that has opened this account before (`users.login.devices`).
    :raises LoginRefused: one of the limits is reached; nothing is counted then.
    """
    limits = _limits(email, address, step, known)
    try:
        counters = count(limits.owned | limits.shared, at=at)
    except LimitReached as reached:
        raise LoginRefused(reached.until, at=at, step=step) from reached
    owned = [counter for counter in counters if counter.key in limits.owned]
    return max((until for one in owned if (until := limits.owned[one.key].closed_until(one, at))), default=None)


@transaction.atomic
def forget_try(*, email: str, address: str, known: bool = False, step: Step = Step.PASSWORD) -> None:
    """Take back the try that succeeded; the pair starts afresh, the other counters keep their earlier failures."""
    limits = _limits(email, address, step, known)
    keys = limits.owned | limits.shared
    for counter in LoginCounter.objects.select_for_update().filter(key__in=keys).order_by("key"):
        counter.failures = 0 if counter.key in limits.pairs else max(counter.failures - 1, 0)
        counter.save(update_fields=["failures"])


@transaction.atomic
def unlock(*, email: str, address: str) -> None:
    """Let the owner of an account try passwords again, once they proved to be its owner (a reset by the mailbox)."""
    keys = [key for known in (False, True) for key in _limits(email, address, Step.PASSWORD, known).owned]
    LoginCounter.objects.filter(key__in=keys).update(failures=0)


@transaction.atomic
def purge_counters(*, at: datetime) -> None:
    """Forget what was counted too long ago for any of the limits."""
    LoginCounter.objects.filter(last_at__lt=at - KEPT).delete()


def _limits(email: str, address: str, step: Step, known: bool) -> Limits:
    if known:
        own = {counter_key(f"{step.value}device", email): PAIR}
        return Limits(owned=own, pairs=set(own), shared={})
    pairs = of_networks(f"{step.value}pair", address, PAIR, beside=email)
    owned = {**pairs, counter_key(f"{step.value}account", email): ACCOUNT}
    shared = of_networks("network", address, NETWORK) if step == Step.PASSWORD else {}
    return Limits(owned=owned, pairs=set(pairs), shared=shared)
