"""Every address has one line in `tests/<app>/pages.py`, which says what everybody gets from it."""

from collections.abc import Collection

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.support.client import StrictClient
from tests.support.people import ACTORS
from tests.support.queries import writes
from tests.support.table import LOGIN, NAMES, PAGES

METHODS = {"get": "get", "head": "get", "post": "post", "put": "other", "delete": "other"}
# The others are not asked twice: a HEAD is a GET without its body, a DELETE goes where a PUT does
ASK_ALL = ("anonymous", "gp")


def test_every_address_has_a_name_of_its_own():
    assert "None" not in NAMES
    assert len(NAMES) == len(set(NAMES))


def test_every_address_has_its_line():
    missing, gone = sorted(set(NAMES) - PAGES.keys()), sorted(PAGES.keys() - set(NAMES))

    assert not missing, f'Add to PAGES of tests/<app>/pages.py: Page("{missing[0]}", axe="gp"). Missing: {missing}'
    assert not gone, f"No longer an address: {gone}"


def test_the_list_of_public_pages_names_only_pages_that_exist():
    assert set(NAMES) >= settings.PUBLIC_PAGES


@pytest.mark.parametrize("actor", ACTORS)
def test_everybody_gets_what_the_table_says_from_every_address(login, world, actor):
    session = login(world.person(actor)).cookies
    wrong = {}

    for page in PAGES.values():
        url = page.url(world)
        for method, kind in METHODS.items():
            if method in ("head", "delete") and actor not in ASK_ALL:
                continue
            typed = page.typed(world) if page.typed and method == "post" else {}
            client = StrictClient()
            client.cookies = session.copy()
            with transaction.atomic():
                answer = getattr(client, method)(url, typed)
                transaction.set_rollback(True)
            expected = page.status(kind, actor)
            if not _is(answer, expected):
                wrong[page.name, method] = f"{answer.status_code} instead of {expected}"

    assert not wrong, f"As {actor}: {wrong}"


def _is(answer, expected):
    to_login = "/comptes/login/?next=/" in answer.headers.get("Location", "").replace("%2F", "/")
    if expected == LOGIN:
        return answer.status_code == 302 and to_login
    return answer.status_code in (expected if isinstance(expected, Collection) else (expected,))


@pytest.mark.parametrize("actor", ["anonymous", "gp"])
@pytest.mark.parametrize("name", NAMES)
def test_reading_a_page_writes_nothing(login, world, name, actor):
    client = login(world.person(actor))
    url = PAGES[name].url(world)
    client.get(url)

    with CaptureQueriesContext(connection) as queries:
        client.get(url)

    assert writes(queries) == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_page_is_looked_at_by_axe_or_says_why_not(page):
    assert bool(page.axe) != bool(page.unseen), (
        f"Say as whom axe looks at « {page.name} » (axe=), or why not (unseen=)."
    )


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_form_is_attacked_or_says_why_not(page):
    takes_nothing = page.post == 405
    assert takes_nothing != bool(page.typed or page.untyped), (
        f"Say what a browser sends to « {page.name} » (typed=), or why nothing is (untyped=)."
    )
    assert not (page.typed and page.untyped)
