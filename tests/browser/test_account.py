"""« Mon compte » in a browser: a detail is changed where it stands, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

from tests.support.factories import UserFactory


@pytest.fixture
def person(transactional_db):
    return UserFactory(last_name="Vasseur")


def test_a_detail_is_changed_where_it_stands(browse, person, axe):
    page = browse("/mon-compte/", person)
    detail = page.locator("#detail-nom")

    detail.get_by_role("link", name="Modifier").click()
    expect(page.get_by_label("Nom", exact=True)).to_be_focused()
    page.get_by_label("Nom", exact=True).fill("")
    detail.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    page.get_by_label("Nom", exact=True).fill("Lenoir")
    detail.get_by_role("button", name="Enregistrer").click()

    expect(detail).to_contain_text("Lenoir")
    expect(detail).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("a bien été effectuée")
    expect(page.locator("#compte")).to_contain_text("Lenoir")


def test_one_gives_up_where_one_stands(browse, person):
    page = browse("/mon-compte/", person)
    detail = page.locator("#detail-nom")
    detail.get_by_role("link", name="Modifier").click()

    detail.get_by_role("link", name="Annuler").click()

    expect(detail.get_by_role("link", name="Modifier")).to_be_visible()
    expect(detail).to_contain_text("Vasseur")


def test_a_detail_has_its_own_page_without_javascript(browse, person):
    page = browse("/mon-compte/", person, javascript=False)

    page.locator("#detail-nom").get_by_role("link", name="Modifier").click()
    page.get_by_label("Nom", exact=True).fill("Lenoir")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.locator("#detail-nom")).to_contain_text("Lenoir")
