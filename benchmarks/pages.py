"""What is measured, with the aims of the house."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import reverse

from benchmarks.world import World
from chorus_org.demo.management.commands.demo import HOST
from users.models import User

PUBLIC, TILES, FORM, LIST, GRID = 1, 3, 4, 6, 8  # the aims: times the floor, at most


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser: the cookies of a session, and the token that goes with them."""

    cookie: str = ""
    token: str = ""


@dataclass(frozen=True)
class Page:
    """One row of the table.

    :param aim: how many times the floor it may cost at most; None where the house says nothing.
    :param bodies: what is posted, in turn; « @ » becomes a number of its own.
    """

    label: str
    path: str
    visitor: Visitor
    aim: int | None = None
    status: int = 200
    bodies: list[str] = field(default_factory=list)

    def environ(self, number: int) -> dict[str, Any]:
        """Make the request of that number, as gunicorn hands it over."""
        factory = RequestFactory(SERVER_NAME=HOST, HTTP_COOKIE=self.visitor.cookie)
        if not self.bodies:
            return factory.get(self.path).environ
        body = self.bodies[number % len(self.bodies)].replace("@", str(number))
        return factory.generic("POST", self.path, body, "application/x-www-form-urlencoded").environ


def visitor(user: User | None = None) -> Visitor:
    """Give the cookies of a person logged in, or of nobody in particular."""
    client, request = Client(), HttpRequest()
    if user:
        client.force_login(user)
    token = get_token(request)
    cookies = SimpleCookie(client.cookies)
    cookies[settings.CSRF_COOKIE_NAME] = request.META["CSRF_COOKIE"]
    return Visitor("; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()), token)


def pages(world: World) -> Iterator[Page]:
    """The floor first, then the pages."""
    few, many = visitor(world.few), visitor(world.many)
    structure, create = world.structures[0], reverse("services:create")
    yield Page("floor: login required, 2 queries", reverse("floor"), many)
    yield Page("home, anonymous", reverse("home"), Visitor(), PUBLIC)
    yield Page("home, logged in", reverse("home"), many)
    yield Page("Utilisateurs, 8 tiles", reverse("users"), many, TILES)
    yield Page("Structures, 25 rows", reverse("habilitations:structures"), many, LIST)
    yield Page("a structure, 25 services", structure.get_absolute_url(), many, LIST)
    yield Page("a service", world.service.get_absolute_url(), many)
    yield Page("Approbations, 25 rows", reverse("approvals:list"), many, LIST)
    yield Page("Mes contacts, 25 rows", reverse("people:contacts"), many, LIST)
    yield Page("Rattacher un utilisateur", reverse("people:attach"), few, FORM)
    yield Page("Gérer les habilitations", _grants(world), many, GRID)
    yield Page("Créer un service, 2 structures", create, few, FORM)
    yield Page("Créer un service, 25 structures", create, many, FORM)
    yield Page("… refused (422)", create, few, FORM, 422, [_body(few, "", code="É")])
    # not in the structure that is shown above, whose page must stay as it is
    yield Page("… created (302)", create, many, None, 302, [_body(many, s.public_id) for s in world.structures[1:]])


def _grants(world: World) -> str:
    """The boxes of somebody attached to the first structure."""
    person = world.structures[0].attachments.filter(service=None).exclude(user=world.many).earliest("pk").user
    return reverse("people:grants", query={"structure": world.structures[0].public_id, "user": person.public_id})


def _body(visitor: Visitor, structure: Any, code: str = "BANC_@") -> str:
    fields = {
        "csrfmiddlewaretoken": visitor.token,
        "structure": structure,
        "code": code,
        "label": "Service de mesure",
        "active_from": "2026-01-01T00:00:00",
    }
    return urlencode(fields, safe="@")
