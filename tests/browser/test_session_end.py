"""The session's end is said in time, and one may stay (RGAA, 13.1)."""

import time

import pytest
from playwright.sync_api import expect

from tests.support.factories import PASSWORD, UserFactory


@pytest.fixture
def page(browse, transactional_db):
    """A page that is being filled in; the clock of the browser is the test's."""
    page = browse("/", UserFactory())
    page.clock.install()
    page.goto("/mon-compte/nom/")
    page.get_by_label("Nom", exact=True).fill("Lenoir")
    return page


@pytest.fixture
def ending(page, settings):
    """The page when the session has less than two minutes left."""
    settings.SESSION_COOKIE_AGE = 121
    time.sleep(1.5)
    page.clock.fast_forward(61_000)
    expect(page.get_by_role("dialog")).to_contain_text("Il reste moins de 2 minutes")
    settings.SESSION_COOKIE_AGE = 30 * 60
    return page


def test_it_is_said_two_minutes_before_and_one_stays_by_the_keyboard(ending, axe):
    expect(ending.get_by_role("button", name="Rester connecté")).to_be_focused()
    axe(ending)
    with ending.expect_request(lambda request: request.method == "POST"):
        ending.keyboard.press("Enter")

    expect(ending.get_by_role("dialog")).to_be_hidden()
    expect(ending.get_by_label("Nom", exact=True)).to_have_value("Lenoir")


def test_escape_stays_too(ending):
    with ending.expect_request(lambda request: request.method == "POST"):
        ending.keyboard.press("Escape")

    expect(ending.get_by_role("dialog")).to_be_hidden()


def test_another_tab_that_was_used_keeps_the_session(ending):
    ending.clock.fast_forward(61_000)

    expect(ending.get_by_role("dialog")).to_be_hidden()


def test_twelve_hours_cannot_be_prolonged(page, settings):
    settings.SESSION_ABSOLUTE_AGE = 100
    page.clock.fast_forward(61_000)

    expect(page.get_by_role("dialog")).to_contain_text("ne peut pas durer plus")
    expect(page.get_by_role("button", name="Rester connecté")).to_be_hidden()


def test_once_it_has_ended_what_was_typed_is_still_there(page, axe, settings):
    settings.SESSION_COOKIE_AGE = 0
    page.clock.fast_forward(61_000)

    expect(page.get_by_role("dialog")).to_contain_text("Votre session est terminée")
    axe(page)
    page.get_by_role("button", name="Fermer ce message").click()
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Lenoir")


def test_a_session_in_use_says_nothing(page):
    page.clock.fast_forward(20 * 60_000)

    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_form_sent_after_the_end_is_found_filled_after_the_login(browse, transactional_db, settings):
    person = UserFactory()
    page = browse("/mon-compte/nom/", person)
    page.get_by_label("Nom", exact=True).fill("Lenoir")
    settings.SESSION_ABSOLUTE_AGE = 0
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("ce que vous aviez saisi vous attend 30 minutes")).to_be_visible()
    settings.SESSION_ABSOLUTE_AGE = 12 * 3600

    page.get_by_label("Identifiant").fill(person.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()

    expect(page.get_by_text("Votre session avait pris fin. Voici ce que vous aviez saisi")).to_be_visible()
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Lenoir")
    person.refresh_from_db()
    assert person.last_name != "Lenoir"
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("L’envoi des données pour")).to_be_visible()
