"""Addresses that are made once a process, for each place that it is served from: a list makes one a row."""

from functools import cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.functional import lazy

ANY = UUID(int=0)


def place() -> tuple[str, str]:
    """What every address depends on: whatever keeps one in memory keeps it for this place only."""
    return get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()


def address(name: str) -> str:
    """The address of the page of that name, as `reverse` makes it."""
    return _made(name, *place())


address_lazy = lazy(address, str)  # for what is written before the addresses are known: the fields of a form


def address_of(name: str, public_id: UUID) -> str:
    """The address of the page of that name about one object, as `reverse` makes it."""
    return _pattern(name, *place()).replace(str(ANY), str(public_id))


@cache
def _made(name: str, urlconf: str, prefix: str) -> str:
    return reverse(name)


@cache
def _pattern(name: str, urlconf: str, prefix: str) -> str:
    return reverse(name, args=[ANY])
