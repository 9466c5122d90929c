"""Whether the time of an answer tells that an address has an account (security, 6.3.8)."""

import time
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import CommandError
from django.core.signing import TimestampSigner
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from benchmarks.pages import Visitor, visitor
from chorus_org.demo.management.commands.demo import HOST
from users.operations.accounts import create_account

TRIES = 200
ASKED = {
    "sign up": "account_signup",
    "new activation link": "activation",
    "forgotten password": "account_reset_password",  # pragma: allowlist secret
    "come back": "account_return",
}


def ratios() -> list[tuple[str, float, float]]:
    """For each page: the median times in ms of a known and of an unknown address, asked for in turn."""
    handler, nobody = WSGIHandler(), visitor()
    opened = TimestampSigner(salt="trap").sign("")
    time.sleep(2.1)
    for number in range(TRIES):
        create_account(email=f"connu{number}@example.org", last_name="C", first_name="D", at=timezone.now())
    return [(label, *_medians(handler, nobody, reverse(name), opened)) for label, name in ASKED.items()]


def _medians(handler: WSGIHandler, nobody: Visitor, path: str, opened: str) -> list[float]:
    times: dict[str, list[float]] = {"connu": [], "inconnu": []}
    for number in range(TRIES):
        for kind in times if number % 2 else reversed(times):
            form = {"email": f"{kind}{number}@example.org", "last_name": "C", "first_name": "D", "terms": "on"}
            environ = _environ(nobody, path, {**form, "opened": opened}, f"10.{len(kind)}.{number}.1")
            start = time.perf_counter()
            response = handler(environ, lambda status, headers: None)
            times[kind].append((time.perf_counter() - start) * 1000)
            if response.status_code != 302:
                raise CommandError(f"{path}: {response.status_code}")
            response.close()
    return [median(times[kind]) for kind in times]


def _environ(nobody: Visitor, path: str, form: dict[str, str], address: str) -> dict[str, Any]:
    """The request of one try, from a network of its own: the limits are not what is measured."""
    factory = RequestFactory(SERVER_NAME=HOST, HTTP_COOKIE=nobody.cookie, REMOTE_ADDR=address)
    body = urlencode({"csrfmiddlewaretoken": nobody.token, **form})
    return factory.generic("POST", path, body, "application/x-www-form-urlencoded").environ
