"""ProConnect in a browser: from the button to the linked account, looked at on the way."""

import pytest
from playwright.sync_api import expect

from tests.support.factories import PASSWORD, UserFactory
from tests.support.proconnect import CLIENT_ID, SECRET, provider_of_identities


@pytest.fixture
def provider(settings, live_server):
    with provider_of_identities() as provider:
        settings.SITE_URL = live_server.url
        settings.PROCONNECT_ISSUER = provider.issuer
        settings.PROCONNECT_CLIENT_ID, settings.PROCONNECT_CLIENT_SECRET = CLIENT_ID, SECRET
        yield provider


def identify(page):
    page.get_by_role("button", name="S’identifier avec ProConnect").click()


@pytest.mark.parametrize(("width", "javascript"), [(1366, True), (360, False)])
def test_an_agent_links_their_account_then_comes_in_by_proconnect(
    browse, transactional_db, axe, provider, width, javascript
):
    look = axe if javascript else lambda page: None
    person = UserFactory()
    page = browse("/comptes/login/", width=width, javascript=javascript)
    look(page)

    identify(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Première connexion avec ProConnect")
    look(page)
    page.get_by_role("link", name="Me connecter, puis relier mon compte").click()
    page.get_by_label("Identifiant").fill(person.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()
    look(page)
    page.get_by_role("button", name="Relier mon compte").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Votre compte est relié à ProConnect")
    look(page)
    page.goto("/comptes/logout/")
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("link", name="Se connecter").first).to_be_visible()
    page.goto("/comptes/login/")
    identify(page)

    expect(page.locator("#compte")).to_contain_text(person.last_name)
