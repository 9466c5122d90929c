"""From the password to the recovery codes, as one who has never done it."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from chorus_org.kernel.mail.models import Mail
from tests.support.factories import PASSWORD, UserFactory


@pytest.mark.parametrize("width", [1366, 320])
def test_one_logs_in_with_a_code_then_adds_an_application(browse, transactional_db, axe, settings, width):
    settings.SECOND_FACTOR_REQUIRED = True
    person = UserFactory()
    page = browse("/comptes/login/?next=/comptes/2fa/", width=width)
    page.get_by_label("Identifiant").fill(person.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()
    axe(page)
    page.get_by_role("textbox", name="Code").fill("12 34")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("alert")).to_contain_text("6 chiffres")
    axe(page)
    page.get_by_role("textbox", name="Code").fill(re.search(r"^[0-9]{6}$", Mail.objects.get().text, re.MULTILINE)[0])
    page.get_by_role("button", name="Valider").click()
    axe(page)
    page.get_by_role("link", name="Ajouter une application").click()
    axe(page)
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    expect(page.locator("main li code")).to_have_count(10)
    axe(page)


@pytest.fixture
def touch_key():
    """Give a page a security key that answers at once, as if it were touched."""

    def give(page):
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        key = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
        session.send("WebAuthn.addVirtualAuthenticator", {"options": key})

    return give


@pytest.mark.parametrize("width", [1366, 320])
def test_one_adds_a_key_then_logs_in_with_it(browse, transactional_db, axe, touch_key, width):
    person = UserFactory()
    page = browse("/comptes/2fa/", person, proved=True, width=width)
    touch_key(page)

    page.get_by_role("link", name="Ajouter une clé").press("Enter")
    axe(page)
    page.get_by_label("Nom de la clé").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("donnez un nom à la clé")
    page.get_by_label("Nom de la clé").fill("Clé du bureau")
    page.get_by_label("Nom de la clé").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    page.goto("/comptes/2fa/")
    expect(page.get_by_text("Clé du bureau, depuis")).to_be_visible()
    axe(page)

    page.goto("/comptes/logout/")
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    page.goto("/comptes/login/")
    page.get_by_label("Identifiant").fill(person.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()
    axe(page)
    page.get_by_role("button", name="Utiliser ma clé").press("Enter")

    expect(page.locator("#compte")).to_contain_text(person.last_name)


def test_a_key_that_does_not_answer_is_told_in_words(browse, transactional_db):
    person = UserFactory()
    page = browse("/comptes/2fa/webauthn/add/", person, proved=True)
    page.get_by_label("Nom de la clé").fill("Clé du bureau")
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Ajouter").click()

    expect(page.locator("#messages")).to_contain_text("La clé n’a pas répondu")
    expect(page.get_by_label("Nom de la clé")).to_have_value("Clé du bureau")
