"""An operator writes a piece of news, sees it as it will be, and everybody reads it."""

import pytest
from playwright.sync_api import expect

from tests.support.operators import make_staff


@pytest.mark.parametrize(("javascript", "width"), [(True, 1366), (False, 360)])
def test_news_is_previewed_then_published(browse, axe, db, javascript, width):
    page = browse("/actualites/ecrire/", make_staff("support"), javascript=javascript, width=width)
    page.get_by_label("Titre").fill("Une nouveauté")
    page.get_by_label("Résumé").fill("En une phrase.")
    page.locator("#id_text").fill("Du **gras**.")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator("strong", has_text="gras")).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_role("button", name="Soumettre").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Une nouveauté")
    if javascript:
        axe(page)
