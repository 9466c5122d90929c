"""The frame around every page: what it needs of the request, and nothing of the database."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject

from chorus_org.information.guide import page_of
from chorus_org.portal.audiences import Audience


@dataclass(frozen=True)
class Item:
    """A line of the main navigation, or of the foot."""

    label: str
    url: str
    also: tuple[str, ...] = ()

    def current(self, path: str) -> str:
        """« page » on the page itself, « true » on one below it."""
        if path == self.url:
            return "page"
        return "true" if path.startswith(self.also) else ""


NAVIGATION = (
    Item("ACCUEIL", "/"),
    Item("DOMAINES", "/organisation/", ("/organisation/", "/domaines/", "/annuaire/")),
    Item("ACTUALITÉS", "/actualites/", ("/actualites/",)),
    Item("SUPPORT", "/support/", ("/support/", "/documentation/")),
    Item("COMMUNICATION", "/communication/", ("/communication/",)),
)


@dataclass(frozen=True)
class Shell:
    """The masthead and the foot of a page, whose parts are rendered once for each of the few that there are.

    :param current: what is current in the navigation, item by item.
    :param audience: who the visitor says to be.
    """

    current: tuple[str, ...] = ("",) * len(NAVIGATION)
    audience: Audience = Audience.ENTREPRISE
    audiences = tuple(Audience)
    footer = (
        Item("Plan du site", "/plan-du-site/"),
        Item("Accessibilité\u00a0: non conforme", "/accessibilite/"),
        Item("Mentions légales", "/mentions-legales/"),
        Item("Données personnelles", "/donnees-personnelles/"),
        Item("Conditions d’utilisation", "/mentions-legales/conditions/"),
        Item("Nous contacter", "/support/nous-contacter/"),
    )

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def navigation(self) -> list[dict[str, Any]]:
        return [
            {"label": item.label, "url": item.url, "current": current}
            for item, current in zip(NAVIGATION, self.current, strict=True)
        ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame; and the token of the page's forms, which Django makes anew each time that a form looks at it."""
    return {
        "shell": Shell(tuple(item.current(request.path) for item in NAVIGATION), Audience.read(request)),
        "documentation": SimpleLazyObject(
            lambda: page_of(request.resolver_match and request.resolver_match.view_name or "")
        ),
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
    }
