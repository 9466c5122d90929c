"""A supplier who looks for a code, a manager who closes a service: whatever one holds in hand (domain, 4.4 and 5)."""

import re

import pytest
from playwright.sync_api import expect

from habilitations.models import Attachment
from structures.search import refresh_words
from tests.support.factories import ServiceFactory, StructureFactory
from tests.support.people import make_member


@pytest.fixture
def strasbourg(world):
    structure = StructureFactory(legal_name="MAIRIE DE STRASBOURG", city="STRASBOURG", service_code_required=True)
    ServiceFactory(structure=structure, code="FI_COMPTA", label="Comptabilité", engagement_required=True)
    refresh_words()
    return structure


def test_a_supplier_finds_the_code_of_a_misspelt_town_hall_by_keyboard(browse, strasbourg, axe):
    page = browse("/annuaire/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Nom, SIRET, ville ou code postal").focus()
    page.keyboard.type("mairie strabourg")
    found = page.get_by_role("link", name="MAIRIE DE STRASBOURG")
    page.wait_for_url(re.compile("strabourg"))  # the last answer is there
    expect(page.get_by_text("Résultats approchants")).to_be_visible()
    expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
    axe(page)
    found.press("Enter")
    page.wait_for_url("**/annuaire/siret/**")

    expect(page.get_by_text("FI_COMPTA").first).to_be_visible()
    expect(page.get_by_text("Obligatoire").first).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Copier FI_COMPTA").press("Enter")
    expect(page.get_by_text("Copié").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "FI_COMPTA"


def test_a_filter_acts_as_it_is_ticked(browse, strasbourg):
    page = browse("/annuaire/")

    page.get_by_label("Le code service").check()
    page.wait_for_url(re.compile("service=on"))
    page.get_by_label("Département").select_option("75")
    page.wait_for_url(re.compile("departement=75"))

    expect(page.get_by_text("Aucune structure", exact=True)).to_be_visible()


def test_without_javascript_the_search_is_sent(browse, strasbourg):
    page = browse("/annuaire/", width=360, javascript=False)
    page.get_by_label("Nom, SIRET, ville ou code postal").fill("mairie strabourg")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="MAIRIE DE STRASBOURG").click()

    expect(page.get_by_text("FI_COMPTA").first).to_be_visible()
    expect(page.get_by_role("button", name="Copier FI_COMPTA")).to_have_count(0)


@pytest.mark.parametrize(("javascript", "width"), [(True, 1366), (False, 360)])
def test_a_manager_closes_a_service_and_moves_its_people(browse, world, axe, javascript, width):
    marc = make_member(world.structure, world.service)
    other = ServiceFactory(structure=world.structure, code="ACHATS", label="Achats")
    page = browse("/organisation/structures/services/gerer/", world.person("gp"), javascript=javascript, width=width)
    page.get_by_role("link", name=world.service.label).click()
    page.get_by_role("link", name="Fermer").click()
    expect(page.get_by_text(marc.get_full_name())).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_label("Les rattacher à un autre service").check()
    page.locator("#id_move_to").select_option(label=str(other))
    page.get_by_role("button", name="Fermer le service").click()

    expect(page.get_by_text("Inactif").first).to_be_visible()
    assert Attachment.objects.get(user=marc, ended_at=None).service == other
