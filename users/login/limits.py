"""How often something may be tried, by account and by network: counters in the database (security, 6.3.1, 2.4.1)."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime

from users.models import LoginCounter


@dataclass(frozen=True)
class Limit:
    tries: int
    window: timedelta

    def closed_until(self, counter: LoginCounter, at: datetime) -> datetime | None:
        """When the counter lets one try again; none if it does now."""
        until = counter.last_at + self.window
        return until if counter.failures >= self.tries and until > at else None

    def is_stale(self, counter: LoginCounter, at: datetime) -> bool:
        """Whether what was counted is too old to matter; asked of a counter that is not closed."""
        return counter.first_at + self.window <= at


class LimitReached(Exception):
    """Nothing more may be tried before `until`; nothing was counted."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@transaction.atomic
def count(limits: dict[str, Limit], *, at: datetime) -> list[LoginCounter]:
    """Add one to each counter, unless one is full; give them.

    :param limits: by the key of their counter (`counter_key`).
    :raises LimitReached: one is full.
    """
    LoginCounter.objects.bulk_create(
        [LoginCounter(key=key, first_at=at, last_at=at) for key in limits], ignore_conflicts=True
    )
    counters = list(LoginCounter.objects.select_for_update().filter(key__in=limits).order_by("key"))
    if closed := [until for counter in counters if (until := limits[counter.key].closed_until(counter, at))]:
        raise LimitReached(max(closed))
    for counter in counters:
        if limits[counter.key].is_stale(counter, at):
            counter.failures, counter.first_at = 0, at
        counter.failures += 1
        counter.last_at = at
    LoginCounter.objects.bulk_update(counters, ["failures", "first_at", "last_at"])
    return counters


def counter_key(kind: str, value: str) -> str:
    """The name of a counter: a keyed hash, so that the table tells nobody's address."""
    return salted_hmac(f"users.login.{kind}", value, algorithm="sha256").hexdigest()


def networks(address: str) -> list[str]:
    """The network of an address, then the larger one that holds it: whoever has one may have 65,536 of the former.

    One address in IPv4, however written; in IPv6 the 64 bits of one line, then the 48 of one subscriber.
    """
    parsed = ipaddress.ip_address(address)
    plain = parsed if parsed.version == 4 else parsed.ipv4_mapped
    if plain:
        return [str(plain)]
    return [str(ipaddress.IPv6Network((int(parsed), length), strict=False)) for length in (64, 48)]


def of_networks(kind: str, address: str, limit: Limit, *, beside: str = "") -> dict[str, Limit]:
    """The counters of an address, by network; the larger one may try four times as often.

    :param beside: what is counted together with the network, such as an account.
    """
    sizes = zip(networks(address), (1, 4), strict=False)
    return {
        counter_key(kind, f"{beside} {network}".strip()): Limit(limit.tries * times, limit.window)
        for network, times in sizes
    }


def from_moment(until: datetime, *, at: datetime) -> str:
    """« de 15:42 », or « du 26/11/2026 à 10:30 » when it is another day: the minute from which one may try again."""
    moment = localtime(until + timedelta(minutes=1) - timedelta.resolution)
    same_day = moment.date() == localtime(at).date()
    return f"{moment:de %H:%M}" if same_day else f"{moment:du %d/%m/%Y à %H:%M}"
