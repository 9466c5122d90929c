"""Leaving and coming back in a browser, with real mails; and taking one's data along."""

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser.mailbox import link_of
from tests.support.factories import PASSWORD
from users.models import AccountState, User


@pytest.fixture
def member(world):
    return world.person("member")


def prove(page):
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Confirmer|Continuer")).click()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_leaves_and_comes_back_by_their_mailbox(browse, axe, mailbox, member, javascript):
    look = axe if javascript else lambda page: None
    page = browse("/mon-compte/", member, width=1366 if javascript else 360, javascript=javascript)

    page.get_by_role("link", name="Désactiver mon compte").click()
    prove(page)
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_role("alert")).to_contain_text("choisissez l’une des deux")
    look(page)
    page.get_by_label("Désactiver mon compte", exact=True).check()
    page.get_by_role("button", name="Soumettre").click()
    expect(page.locator("#messages")).to_contain_text("Votre compte est désactivé")
    assert User.objects.get(pk=member.pk).state == AccountState.DESACTIVE

    page.goto("/comptes/login/")
    page.get_by_role("link", name="Rouvrir mon compte").click()
    page.get_by_label("Adresse électronique de connexion").fill(member.email)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ouvrez le message")
    look(page)
    page.goto(link_of(mailbox, 2, to=member.email))
    look(page)
    page.get_by_role("button", name="Rouvrir mon compte").click()
    page.get_by_label("Identifiant").fill(member.email)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()

    expect(page.locator("#compte")).to_contain_text(member.last_name)


def test_a_person_takes_their_data_along(browse, axe, member):
    page = browse("/mon-compte/", member)
    page.get_by_role("link", name="Télécharger mes données").click()
    prove(page)
    look_at = page.get_by_role("button", name="Télécharger mes données")
    axe(page)
    with page.expect_download() as download:
        look_at.click()

    with ZipFile(download.value.path()) as file:
        assert member.email in file.read("donnees.html").decode()
    assert download.value.suggested_filename.startswith("mes-donnees-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_is_read_as_a_page(browse, axe, member, tmp_path, scheme):
    page = browse("/mon-compte/donnees/", member, width=360, scheme=scheme)
    prove(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger mes données").click()
    with ZipFile(download.value.path()) as file:
        file.extractall(tmp_path)

    page.goto((tmp_path / "donnees.html").as_uri())

    expect(page.get_by_role("heading", level=1)).to_have_text("Mes données")
    axe(page)
