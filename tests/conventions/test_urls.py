"""Every address: named, public or protected, and read-only when it is only read."""

from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

WRITING = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALTER", "CREATE", "DROP")


def patterns(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from patterns(pattern, namespace + inner)


NAMES = [name for name, _ in patterns()]


def address(name, world):
    arguments = {
        "domain": ["marche"],
        "services:detail": [world.service.public_id],
        "habilitations:structure": [world.structure.public_id],
        "admin:app_list": ["users"],
    }
    of_a_row = name.startswith("admin:") and name.endswith(
        ("_change", "_delete", "_suspend", "_reopen", "_appoint", "_resend")
    )
    return reverse(name, args=arguments.get(name, [1] if of_a_row else []))


def test_every_address_has_a_name_of_its_own():
    assert "None" not in NAMES
    assert len(NAMES) == len(set(NAMES))


def test_the_list_of_public_pages_names_only_pages_that_exist():
    assert set(NAMES) >= settings.PUBLIC_PAGES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_listed_public_or_asks_for_a_session(client, world, name):
    answer = client.get(address(name, world))

    if name in settings.PUBLIC_PAGES:
        assert answer.status_code in {200, 302}
        assert "/comptes/login/" not in answer.headers.get("Location", "")
    else:
        assert answer.status_code == 302
        assert unquote(answer.headers["Location"]).startswith("/comptes/login/?next=/")


@pytest.mark.parametrize("actor", ["anonymous", "gp"])
@pytest.mark.parametrize("name", NAMES)
def test_reading_a_page_writes_nothing(login, world, name, actor):
    client = login(world.person(actor))
    url = address(name, world)
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        client.get(url)

    assert [query["sql"] for query in queries if query["sql"].startswith(WRITING)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_page_breaks_on_a_method_it_does_not_expect(login, world, name):
    client = login(world.person("gp"))

    for method in ("post", "put", "delete", "options"):
        answer = getattr(client, method)(address(name, world))
        assert answer.status_code < 500
        if method == "put":
            assert answer.status_code in {403, 405, 302}
