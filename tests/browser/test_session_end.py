"""The session's end is said in time, and one may stay (RGAA, 13.1)."""

import time

import pytest
from playwright.sync_api import expect

from tests.support.factories import UserFactory


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
