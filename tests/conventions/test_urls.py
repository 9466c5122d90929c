"""Every address: named, public or protected, and read-only when it is only read."""

from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.addresses import FORMS, NAMES, NOT_LOOKED_AT, NOTHING_TYPED, PAGES, address
from tests.support.queries import writes

OPENED = {"activation_password", "password_new", "address_cancel"}  # by a link
OPENED |= {"contact_confirm", "address_confirm", "return_confirm"}
CLOSED = {"proconnect", "proconnect_return", "proconnect_first"}  # where its settings are empty
MIDWAY = {"account_confirm_login_code", "mfa_authenticate"}  # of a login under way; without one it begins anew


def test_every_address_has_a_name_of_its_own():
    assert "None" not in NAMES
    assert len(NAMES) == len(set(NAMES))


def test_the_list_of_public_pages_names_only_pages_that_exist():
    assert set(NAMES) >= settings.PUBLIC_PAGES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_listed_public_or_asks_for_a_session(client, world, name):
    answer = client.get(address(name, world))

    if name in settings.PUBLIC_PAGES:
        expected = {410} if name in OPENED else {404, 405} if name in CLOSED else {200, 302}
        assert answer.status_code in expected
        assert name in MIDWAY or "/comptes/login/" not in answer.headers.get("Location", "")
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

    assert writes(queries) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_page_breaks_on_a_method_it_does_not_expect(login, world, name):
    client = login(world.person("gp"))

    for method in ("post", "put", "delete", "options"):
        answer = getattr(client, method)(address(name, world))
        assert answer.status_code < 500
        if method == "put":
            assert answer.status_code in {403, 405, 302}


OF_THE_PORTAL = {name for name in NAMES if not name.startswith("admin:")}
TABLES = "tests/support/addresses.py"


def test_every_page_is_looked_at_by_axe():
    looked_at = {name for _, name in PAGES.values() if not name.startswith("/")}

    missing = sorted(OF_THE_PORTAL - looked_at - NOT_LOOKED_AT.keys())

    assert not missing, f'Add to PAGES of {TABLES} "…": ("gp", "{missing[0]}"), or the reason to NOT_LOOKED_AT.'
    assert looked_at | NOT_LOOKED_AT.keys() == OF_THE_PORTAL
    assert not looked_at & NOT_LOOKED_AT.keys()


def test_every_form_is_attacked(login, world):
    gp = world.person("gp")

    posting = {name for name in OF_THE_PORTAL if login(gp).post(address(name, world)).status_code != 405}

    missing = sorted(posting - FORMS.keys() - NOTHING_TYPED.keys())
    assert not missing, (
        f"Add to FORMS of {TABLES} who sends « {missing[0]} » and what, or the reason to NOTHING_TYPED."
    )
    assert FORMS.keys() | NOTHING_TYPED.keys() == posting
    assert not FORMS.keys() & NOTHING_TYPED.keys()
