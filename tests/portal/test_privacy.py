"""What is promised of personal data is what the code does."""

from datetime import timedelta

import pytest

from chorus_org.kernel.mail.operations import KEPT as MAILS
from chorus_org.leaving.idle import NOTICE, YEAR
from tests.support.pages import elements, plain, text_of, tree
from users.models import RETURN_DELAY
from users.operations.accounts import KEPT as UNACTIVATED
from users.operations.login import KEPT as COUNTERS


@pytest.fixture
def durations(client, db):
    rows = elements(tree(client.get("/donnees-personnelles/")), "tr")
    return {text_of(cells[0]): text_of(cells[1]) for cells in ([*row.children] for row in rows)}


def days(duration):
    return f"{duration / timedelta(days=1):.0f} jours"


def test_the_page_says_how_long_things_are_really_kept(durations):
    assert durations["Compte jamais activé"] == days(UNACTIVATED)
    assert days(RETURN_DELAY) in durations["Compte désactivé"]
    assert days(MAILS) in durations["Courriels envoyés"]
    assert durations["Essais de connexion"] == days(COUNTERS)
    assert (timedelta(days=365), timedelta(days=30)) == (YEAR, NOTICE)
    assert "un an, effacé après deux ; vous êtes prévenu un mois avant" in durations["Compte inutilisé"]


@pytest.mark.parametrize("page", ["/donnees-personnelles/", "/mentions-legales/conditions/"])
def test_every_page_leads_there(client, db, page):
    assert f'href="{page}"' in client.get("/").text


def test_creating_an_account_shows_what_it_asks_to_accept(client, db):
    page = client.get("/comptes/signup/").text

    assert 'href="/mentions-legales/conditions/" target="_blank"' in page
    assert "Un compte est personnel" in plain(client.get("/mentions-legales/conditions/").text)
