"""« Créer un compte », with real mails: the worker hands them to a mail server, the person opens their links."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.mailbox import link_of, text_of
from tests.support.factories import PASSWORD
from users.models import User

NEW = "nouveau@example.org"


def fill(page: Page) -> None:
    page.get_by_label("Adresse électronique de connexion").fill(NEW)
    page.get_by_label("Nom", exact=False).first.fill("Vasseur")
    page.get_by_label("Prénom").fill("Claire")
    page.get_by_label("J’accepte les conditions").check()
    page.wait_for_timeout(2500)  # nobody reads faster


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_creates_an_account_from_home_to_step_four(browse, axe, mailbox, settings, javascript):
    settings.SECOND_FACTOR_REQUIRED = True
    look = axe if javascript else lambda page: None
    page = browse("/", width=1366 if javascript else 360, javascript=javascript)

    page.get_by_role("link", name="Créer un compte").first.click()
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("alert")).to_contain_text("4 erreurs")
    look(page)
    fill(page)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Ouvrez le message")
    look(page)

    page.goto(link_of(mailbox, 1, to=NEW))
    look(page)
    page.locator("#id_password1").fill("Bonjour2026!!")
    page.get_by_label("Confirmer le mot de passe").fill("Bonjour2026!!")
    if javascript:
        expect(page.locator("[data-rule=sign]")).to_have_class("is-met")
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_role("alert")).to_contain_text("se devine")
    expect(page.locator("[data-rule=digit]")).to_have_class("is-met")
    look(page)
    page.locator("#id_password1").fill(PASSWORD)
    page.get_by_label("Confirmer le mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Soumettre").click()

    expect(page.get_by_label("Code")).to_be_visible()
    look(page)
    code = re.search(r"^[0-9]{6}$", text_of(mailbox, 2, to=NEW), re.MULTILINE).group()
    page.get_by_label("Code").fill(code)
    page.get_by_label("Code").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Pour qui travaillez-vous")
    look(page)
    assert User.objects.get(email=NEW).is_active


def test_a_forgotten_password_is_renewed_by_the_mailbox(browse, axe, mailbox, now):
    User.objects.create(email=NEW, contact_email=NEW, first_name="Claire", last_name="Vasseur", created_at=now)
    page = browse("/comptes/login/")

    page.get_by_role("link", name="Mot de passe oublié").click()
    axe(page)
    page.get_by_label("Adresse électronique de connexion").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ouvrez le message")
    axe(page)
    page.goto(link_of(mailbox, 1, to=NEW))
    page.locator("#id_password1").fill(PASSWORD)
    page.get_by_label("Confirmer le mot de passe").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator(".account__name")).to_contain_text("Claire Vasseur")
