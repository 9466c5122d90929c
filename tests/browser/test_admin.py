"""An operator at work in the admin, in a real browser: no script fails and the policy holds (`browse`)."""

import pytest
from playwright.sync_api import Page, expect

from structures.models import Structure
from tests.support.factories import PASSWORD, UserFactory
from tests.support.mail import queue
from tests.support.operators import MODELS, address, make_staff
from tests.support.people import appoint_to, make_member
from users.models import User


@pytest.fixture
def person(world):
    return appoint_to(
        world.structure, UserFactory(email="claire@example.org", first_name="Claire", last_name="Vasseur")
    )


def search(page: Page, of: str, text: str) -> None:
    page.get_by_role("navigation", name="Listes").get_by_role("link", name=of, exact=True).click()
    page.get_by_label("Rechercher").fill(text)
    page.keyboard.press("Enter")


def test_an_operator_finds_a_person_and_a_structure_reads_its_history_and_suspends_the_account(browse, world, person):
    operator = make_staff("administrateur")
    number = world.structure.identifier
    page = browse("/admin/users/user/")

    page.get_by_label("Identifiant").fill(operator.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()
    expect(page.get_by_role("heading", name="Utilisateurs")).to_be_visible()

    search(page, "Structures", f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}")
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="Historique", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("gestionnaire principal désigné")

    search(page, "Utilisateurs", "CLAIRE@example.org")
    page.get_by_role("link", name="claire@example.org").click()
    page.get_by_role("link", name="Suspendre le compte").click()
    expect(page.get_by_text("Resteront sans gestionnaire principal en activité")).to_contain_text("BANQUE DE FRANCE")
    page.get_by_role("button", name="Suspendre le compte").click()
    expect(page.get_by_text("Le compte de Claire Vasseur est suspendu.")).to_be_visible()

    person.refresh_from_db()
    assert not person.is_active


def test_a_refused_appointment_is_read_at_the_field_then_accepted(browse, world, person):
    page = browse(address(Structure, "change", world.elsewhere.pk), make_staff("administrateur"))

    page.get_by_role("link", name="Désigner le gestionnaire principal").click()
    page.get_by_label("Adresse électronique").fill("personne@example.org")
    page.get_by_role("button", name="Désigner le gestionnaire principal").click()
    expect(page.get_by_text("Aucun compte n’a cette adresse de connexion. Vérifiez-la.")).to_be_visible()
    page.get_by_label("Adresse électronique").fill("claire@example.org")
    page.get_by_role("button", name="Désigner le gestionnaire principal").click()
    expect(page.get_by_text("Claire Vasseur est le gestionnaire principal de VILLE DE PARIS.")).to_be_visible()

    world.elsewhere.refresh_from_db()
    assert world.elsewhere.principal_manager == person


@pytest.mark.parametrize("width", [1366, 320])
def test_axe_finds_nothing_in_any_list_or_page_and_nothing_overflows(browse, world, person, axe, width):
    make_member(world.structure, world.service)
    assert world.asked
    assert world.invited
    assert world.proposal
    assert world.published
    assert world.news
    assert world.ticket
    queue()
    page = browse("/admin/", make_staff("administrateur"), width=width)

    axe(page)
    for model in MODELS:
        page.goto(address(model, "changelist"))
        axe(page)
        page.locator("#result_list th a").first.click()
        axe(page)
    page.goto(address(Structure, "change", world.structure.pk))
    page.get_by_role("link", name="Historique", exact=True).click()
    axe(page)
    page.goto(address(User, "change", person.pk))
    page.get_by_role("link", name="Suspendre le compte").click()
    axe(page)


def test_without_javascript_one_works_too(browse, world, person):
    page = browse("/admin/", make_staff("support"), javascript=False)

    page.get_by_role("link", name="Utilisateurs", exact=True).last.click()
    page.get_by_label("Rechercher").fill("vasseur")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="claire@example.org").click()
    page.get_by_role("link", name="Suspendre le compte").click()
    page.get_by_role("button", name="Suspendre le compte").click()

    expect(page.get_by_text("Le compte de Claire Vasseur est suspendu.")).to_be_visible()
