"""The lock on logins (security, ruling 2).

Five failures lock the pair (account, network) for an hour: a lock on the account alone would let anyone freeze a
manager. Each network has a limit over all accounts, each account one over all networks. A try is counted before the
password is looked at, so that parallel tries cannot pass together; a success takes back what it counted, and no more.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime

from chorus_org.common.refusals import Refusal
from users.models import LoginCounter


class LoginRefused(Refusal):
    """Too many failures: nobody looks at the password until `until`."""

    def __init__(self, until: datetime, *, at: datetime) -> None:
        moment = localtime(until + timedelta(minutes=1) - timedelta.resolution)
        same_day = moment.date() == localtime(at).date()
        start = f"{moment:de %H:%M}" if same_day else f"{moment:du %d/%m/%Y à %H:%M}"
        super().__init__(f"Connexion bloquée. Trop d’essais : vous pourrez vous connecter à partir {start}.")


@dataclass(frozen=True)
class Limit:
    failures: int
    window: timedelta

    def closed_until(self, counter: LoginCounter, at: datetime) -> datetime | None:
        """When the counter lets one try again; none if it does now."""
        until = counter.last_at + self.window
        return until if counter.failures >= self.failures and until > at else None

    def is_stale(self, counter: LoginCounter, at: datetime) -> bool:
        """Whether what was counted is too old to matter; asked of a counter that is not closed."""
        return counter.first_at + self.window <= at


PAIR = Limit(failures=5, window=timedelta(hours=1))
NETWORK = Limit(failures=100, window=timedelta(hours=1))
ACCOUNT = Limit(failures=100, window=timedelta(days=1))
KEPT = timedelta(days=2)  # longer than any window


@transaction.atomic
def count_try(*, email: str, address: str, at: datetime) -> None:
    """Count a try as a failure, before it is made. Not to be called in a transaction that a refusal rolls back.

    :param email: the login address in its canonical form, known or not.
    :param address: the network address it comes from.
    :raises LoginRefused: one of the three limits is reached; nothing is counted then.
    """
    limits = _limits(email, address)
    LoginCounter.objects.bulk_create(
        [LoginCounter(key=key, first_at=at, last_at=at) for key in limits], ignore_conflicts=True
    )
    counters = list(LoginCounter.objects.select_for_update().filter(key__in=limits).order_by("key"))
    if closed := [until for counter in counters if (until := limits[counter.key].closed_until(counter, at))]:
        raise LoginRefused(max(closed), at=at)
    for counter in counters:
        if limits[counter.key].is_stale(counter, at):
            counter.failures, counter.first_at = 0, at
        counter.failures += 1
        counter.last_at = at
    LoginCounter.objects.bulk_update(counters, ["failures", "first_at", "last_at"])


@transaction.atomic
def forget_try(*, email: str, address: str) -> None:
    """Take back the try that succeeded; the pair starts afresh, the other counters keep their earlier failures."""
    limits = _limits(email, address)
    for counter in LoginCounter.objects.select_for_update().filter(key__in=limits).order_by("key"):
        counter.failures = 0 if limits[counter.key] is PAIR else max(counter.failures - 1, 0)
        counter.save(update_fields=["failures"])


@transaction.atomic
def purge_counters(*, at: datetime) -> None:
    """Forget what was counted too long ago for any of the limits."""
    LoginCounter.objects.filter(last_at__lt=at - KEPT).delete()


def _limits(email: str, address: str) -> dict[str, Limit]:
    network = _network(address)
    return {
        _key("pair", f"{email} {network}"): PAIR,
        _key("network", network): NETWORK,
        _key("account", email): ACCOUNT,
    }


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"users.login.{kind}", value, algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """One address in IPv4, however written; the 64 bits that one subscriber holds in IPv6."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((int(parsed), 64), strict=False))
