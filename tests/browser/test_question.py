"""A question in a browser: in its dialog by keyboard alone, on its page without JavaScript."""

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.browser.test_create_service import press_until
from tests.support.factories import UserFactory
from users.operations.second_factor.factors import add_application, remove_application

HOME, SHOWN_ON, URL = "/comptes/2fa/", "/composants/", "/composants/question/"
ASKED = "Refuser la demande"


@pytest.fixture
def enrolled(transactional_db, now):
    person = UserFactory()
    add_application(user_id=person.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    return person


@pytest.mark.parametrize("width", [1366, 320])
def test_the_keyboard_alone_removes_the_application_in_the_dialog(browse, enrolled, axe, width):
    page = browse(HOME, enrolled, proved=True, width=width)
    dialog = page.get_by_role("dialog", name="Retirer l’application ?")

    press_until(page, "link", "Retirer l’application")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog).to_have_accessible_description(re.compile("vos autres sessions seront fermées"))
    expect(dialog.get_by_role("link", name="Annuler")).to_be_focused()
    expect(page).to_have_title(re.compile("^Double authentification"))
    axe(page)
    press_until(page, "button", "Retirer l’application")
    page.keyboard.press("Enter")

    expect(page.locator("#messages")).to_contain_text("L’application ne donne plus vos codes")
    expect(page).to_have_url(re.compile(f"{HOME}$"))
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("way", ["Escape", "Annuler"])
def test_one_gives_up_and_the_focus_comes_back_to_the_link(browse, enrolled, way):
    page = browse(HOME, enrolled, proved=True)
    link = page.get_by_role("link", name="Retirer l’application")
    dialog = page.get_by_role("dialog")

    for _ in range(2):
        link.press("Enter")
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape" if way == "Escape" else "Enter")
        expect(dialog).to_be_hidden()
        expect(link).to_be_focused()

    expect(page.locator("#dialogue")).to_be_empty()
    assert page.url.endswith(HOME)
    assert Authenticator.objects.exists()


def test_what_was_removed_meanwhile_is_told_in_the_dialog(browse, enrolled, axe, now):
    page = browse(HOME, enrolled, proved=True)
    page.get_by_role("link", name="Retirer l’application").click()
    session = page.context.cookies()[0]["value"]
    remove_application(user_id=enrolled.pk, session=session, at=now)

    page.get_by_role("dialog").get_by_role("button", name="Retirer l’application").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Aucune application ne donne vos codes")
    axe(page)


@pytest.mark.parametrize("width", [1366, 320])
def test_a_mistake_stays_in_the_dialog_with_its_summary(browse, transactional_db, axe, width):
    page = browse(SHOWN_ON, width=width)
    dialog = page.get_by_role("dialog", name=ASKED)
    page.get_by_role("link", name=ASKED).press("Enter")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    axe(page)
    dialog.get_by_label("Commentaire").fill("Merci de refaire la demande.")
    dialog.get_by_role("button", name=ASKED).click()

    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Commentaire")).to_have_value("Merci de refaire la demande.")
    axe(page)
    dialog.get_by_label("Autre motif", exact=True).check()
    dialog.get_by_role("button", name=ASKED).click()

    expect(page.locator("#messages")).to_contain_text("La demande est refusée")
    expect(dialog).to_be_hidden()


def test_what_fails_is_said_in_the_dialog(browse, transactional_db):
    page = browse(SHOWN_ON)
    page.get_by_role("link", name=ASKED).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.route(f"**{URL}", lambda route: route.fulfill(status=403))

    dialog.get_by_role("button", name=ASKED).click()

    expect(dialog.get_by_role("alert")).to_contain_text("recommencez")
    page.unroute(f"**{URL}")
    dialog.get_by_role("button", name=ASKED).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Le formulaire contient 1 erreur")
    expect(dialog.get_by_role("alert")).to_have_count(1)


def test_a_page_that_asks_nothing_opens_as_a_page(browse, enrolled):
    """Nothing was proved lately: the proof comes first, then the question, as pages."""
    page = browse(HOME, enrolled)

    page.get_by_role("link", name="Retirer l’application").click()

    expect(page).to_have_url(re.compile("/comptes/reauthenticate/"))
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width", [1366, 320])
def test_without_javascript_it_is_a_page(browse, enrolled, width):
    page = browse(HOME, enrolled, proved=True, javascript=False, width=width)

    page.get_by_role("link", name="Retirer l’application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Retirer l’application ?")
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("link", name="Retirer l’application").click()
    page.get_by_role("button", name="Retirer l’application").click()

    expect(page.locator("#messages")).to_contain_text("L’application ne donne plus vos codes")
    assert not Authenticator.objects.exists()


def test_on_its_page_a_mistake_renames_it(browse, transactional_db, axe):
    page = browse(URL)

    page.get_by_role("button", name=ASKED).click()

    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)


def test_two_clicks_send_it_once(browse, transactional_db):
    page = browse(SHOWN_ON)
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.get_by_role("link", name=ASKED).click()
    page.get_by_label("Autre motif", exact=True).check()
    page.evaluate(
        "for (const t of [0, 1, 2]) setTimeout(() => document.querySelector('dialog [type=submit]').click(), t)"
    )

    expect(page.locator("#messages")).to_contain_text("La demande est refusée")
    assert len(sent) == 1
