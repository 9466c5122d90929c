"""The pages of the portal, one line each, in `tests/<app>/pages.py`: who gets what, who looks at it, what is typed in.

`tests/conventions/test_urls.py` sends every address as every actor with every method, axe looks at each page, and the
attacks are sent to each form.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from tests.support.people import ACTORS
from tests.support.tree import ROOT

LOGIN = "login"  # 302, to the login page
ASKED_TO_LOG_IN = ("anonymous", "suspended_gp")
CLOSED = (302, 403, 404, 405)  # the login included
Status = int | str | Collection[int]


def who(others: Status, **by_actor: Status) -> dict[str, Status]:
    """What each actor gets: `who(403, gp=200, modifier=200)`."""
    assert set(by_actor) <= set(ACTORS), f"Unknown actors: {set(by_actor) - set(ACTORS)}"
    return dict.fromkeys(ACTORS, others) | by_actor


@dataclass(frozen=True)
class Page:
    """One address.

    :param other: the status of a method that no page takes.
    :param get: the status for everybody, or `who(…)`; where a session is asked for, who has none is sent to the login.
    :param on: what the address takes, in the small world of the tests.
    :param axe: as whom axe looks at it, several actors separated by spaces; or else `unseen`, why it does not.
    :param states: other addresses of the page that axe looks at: {what it shows: (actor, path)}.
    :param typed: what a browser sends when all is right, and `typed_by` whom; or else `untyped`, why nothing is.
    """

    name: str
    get: Status | dict[str, Status] = 200
    post: Status | dict[str, Status] = 405
    other: Status | dict[str, Status] = CLOSED
    on: Callable[[Any], list] = lambda world: []
    axe: str = ""
    unseen: str = ""
    states: dict[str, tuple[str, str]] = field(default_factory=dict)
    typed: Callable[[Any], dict[str, Any]] | None = None
    typed_by: str = "gp"
    untyped: str = ""

    @property
    def is_public(self) -> bool:
        return self.name in settings.PUBLIC_PAGES

    def status(self, method: str, actor: str) -> Status:
        """What the actor gets."""
        if not self.is_public and actor in ASKED_TO_LOG_IN:
            return LOGIN
        given = getattr(self, method)
        return given[actor] if isinstance(given, dict) else given

    def url(self, world: Any) -> str:
        """The address in the world."""
        try:
            return reverse(self.name, args=self.on(world))
        except NoReverseMatch as error:
            raise AssertionError(
                f"{error} Say what « {self.name} » takes: on=lambda world: [world.service.public_id]"
            ) from error


def _patterns(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _patterns(pattern, namespace + inner)


NAMES = list(_patterns())
_FILES = sorted((ROOT / "tests").glob("*/pages.py"))
PAGES: dict[str, Page] = {
    page.name: page
    for path in _FILES
    if path.parent.name != "support"
    for page in import_module(f"tests.{path.parent.name}.pages").PAGES
}
FORMS = {name: page for name, page in PAGES.items() if page.typed}


def looked_at() -> dict[str, tuple[str, str]]:
    """What axe looks at: {what it is: (actor, name of the page, or a path)}."""
    found = {}
    for page in PAGES.values():
        for actor in page.axe.split():
            found[f"{page.name} {actor}"] = (actor, page.name)
        found |= page.states
    return found


def address(name: str, world: Any) -> str:
    """The address of that name in the world."""
    return PAGES[name].url(world)
