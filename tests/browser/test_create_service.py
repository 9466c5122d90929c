"""The journey of the guide's section 2, as a person makes it: with a mouse, without JavaScript, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from services.models import Service
from structures.models import Structure
from tests.support.factories import PASSWORD, StructureFactory
from tests.support.people import appoint_to

CONFIRMED = re.compile("L’envoi des données pour «\\s?Créer un service\\s?» a bien été effectuée")


@pytest.fixture
def gp(world):
    return world.person("gp")


def log_in(page: Page, email: str) -> None:
    page.get_by_role("link", name="Se connecter").first.click()
    page.get_by_label("Identifiant").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()


def fill(page: Page) -> None:
    page.get_by_label("Code de service").fill("FI_SGPI")
    page.get_by_label("Libellé du service").fill("Service financier SGPI")
    page.get_by_label("Description").fill("Pole de prescription SGPI")
    page.get_by_label("Date de début d’activation").fill("2022-03-10T15:01:32")
    page.get_by_label("Le numéro d’engagement est obligatoire").check()


@pytest.mark.parametrize("width", [1366, 360])
@pytest.mark.parametrize("javascript", [True, False])
def test_gp_walks_the_guide_and_finds_the_service_among_those_of_the_structure(
    browse, world, gp, axe, width, javascript
):
    page = browse("/", width=width, javascript=javascript)
    look = axe if javascript else lambda page: None

    look(page)
    log_in(page, gp.email)
    look(page)
    page.get_by_role("link", name="Accéder au domaine Organisation").click()
    look(page)
    page.get_by_role("link", name="Accéder à l’application Structures").click()
    look(page)
    page.get_by_role("link", name="Créer un service").click()
    look(page)
    fill(page)
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_text(CONFIRMED)).to_be_visible()
    look(page)
    page.get_by_role("link", name="Voir les services de la structure").click()
    expect(page.get_by_role("table").get_by_text("FI_SGPI")).to_be_visible()
    look(page)

    assert Service.objects.get(code="FI_SGPI").structure == world.structure


def test_errors_are_in_a_summary_that_takes_the_focus_and_leads_to_each_field(browse, gp, axe):
    page = browse("/organisation/structures/services/creer/", gp)

    page.get_by_label("Code de service").fill("fi_compta")
    page.get_by_label("Date de fin d’activation").fill("2020-01-01T00:00:00")
    page.get_by_role("button", name="Soumettre").click()

    summary = page.get_by_role("alert")
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    axe(page)
    summary.get_by_role("link", name="Libellé du service").click()
    expect(page.get_by_label("Libellé du service")).to_be_focused()
    expect(page.get_by_label("Code de service")).to_have_value("fi_compta")


def test_choosing_the_structure_refreshes_what_follows_and_keeps_the_focus(browse, gp, axe):
    private = StructureFactory(legal_name="ATELIER DU LITTORAL", private=True)
    appoint_to(private, gp)
    page = browse("/organisation/structures/services/creer/", gp)
    page.get_by_label("Code de service").fill("FI_SGPI")
    expect(page.get_by_label("Le numéro d’engagement est obligatoire")).to_have_count(0)

    page.get_by_label("Choisir la structure").focus()
    page.get_by_label("Choisir la structure").select_option(label=public_label(gp))

    expect(page.locator("#raison-sociale")).to_contain_text("BANQUE DE FRANCE")
    expect(page.get_by_label("Le numéro d’engagement est obligatoire")).to_be_visible()
    expect(page.get_by_label("Choisir la structure")).to_be_focused()
    expect(page.get_by_label("Code de service")).to_have_value("FI_SGPI")
    axe(page)


def test_a_structure_lost_meanwhile_is_said_and_another_may_still_be_chosen(browse, gp, world):
    lost, private = StructureFactory(legal_name="ANCIENNE RÉGIE"), StructureFactory(legal_name="ATELIER", private=True)
    appoint_to(lost, gp)
    appoint_to(private, gp)
    page = browse(f"/organisation/structures/services/creer/?structure={private.public_id}", gp)
    page.get_by_label("Code de service").fill("FI_SGPI")
    Structure.objects.filter(pk=lost.pk).update(is_active=False)

    page.get_by_label("Choisir la structure").select_option(str(lost.public_id))
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("choisissez une structure de la liste")
    page.get_by_label("Choisir la structure").select_option(str(world.structure.public_id))

    expect(page.get_by_label("Le numéro d’engagement est obligatoire")).to_be_visible()
    expect(page.get_by_label("Code de service")).to_have_value("FI_SGPI")


def test_without_javascript_a_button_chooses(browse, gp):
    private = StructureFactory(legal_name="ATELIER DU LITTORAL", private=True)
    appoint_to(private, gp)
    page = browse("/organisation/structures/services/creer/", gp, javascript=False)

    page.get_by_label("Choisir la structure").select_option(label=public_label(gp))
    page.get_by_role("button", name="Choisir").click()

    expect(page.locator("#raison-sociale")).to_contain_text("BANQUE DE FRANCE")
    expect(page.get_by_label("Le numéro d’engagement est obligatoire")).to_be_visible()


def public_label(gp) -> str:
    return str(gp.managed_structures.get(legal_name="BANQUE DE FRANCE"))


def test_the_keyboard_alone_is_enough(browse, gp, world):
    page = browse("/")

    press_until(page, "link", "Se connecter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/comptes/login/")
    press_until(page, "textbox", "Identifiant")
    page.keyboard.type(gp.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))
    press_until(page, "link", "Accéder au domaine Organisation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organisation/")
    press_until(page, "link", "Accéder à l’application Structures")
    page.keyboard.press("Enter")
    page.wait_for_url("**/structures/")
    press_until(page, "link", "Créer un service")
    page.keyboard.press("Enter")
    page.wait_for_url("**/creer/")
    press_until(page, "textbox", "Code de service")
    page.keyboard.type("FI_SGPI")
    page.keyboard.press("Tab")
    page.keyboard.type("Service financier SGPI")
    press_until(page, "button", "Soumettre")
    page.keyboard.press("Enter")

    expect(page.get_by_text(CONFIRMED)).to_be_visible()


RING = """element => [element, element.parentElement, element.parentElement.parentElement]
    .some(each => getComputedStyle(each).outlineStyle === "solid")"""


def press_until(page: Page, role: str, name: str) -> None:
    """Press Tab until that element has the focus, seen by its ring; a hundred times at most."""
    wanted = page.get_by_role(role, name=name).first
    for _ in range(100):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate(RING), f"{name} has the focus, and nothing shows it"
            return
    raise AssertionError(f"Tab never reaches {name}")
