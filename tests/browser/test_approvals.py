"""Ask, approve, see one's rights: the journey of the guide (3.3), with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from habilitations.models import ApprovalRequest
from habilitations.operations.requests import ask_attachment
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, UserFactory


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.mark.parametrize("javascript", [True, False])
def test_one_asks_and_the_manager_approves(browse, world, gp, javascript):
    person = UserFactory(first_name="Marc", last_name="Delaunay")
    page = browse("/organisation/utilisateurs/demander-rattachement/", person, javascript=javascript)
    page.get_by_label("Identifiant", exact=False).last.fill(world.structure.identifier)
    page.get_by_label("Commentaire").fill("Je remplace Hervé.")
    if javascript:
        expect(page.locator("#structure-trouvee")).to_contain_text("BANQUE DE FRANCE")
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_text("L’envoi des données pour")).to_be_visible()

    page = browse("/approbations/", gp, javascript=javascript)
    expect(page.get_by_role("link", name="APPROBATIONS")).to_contain_text("1")
    page.get_by_role("button", name="Approuver la demande de Marc Delaunay").click()
    expect(page.get_by_text("Demande de Marc Delaunay approuvée.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ce que vous venez de décider")).to_be_visible()
    assert person.has_perm(Profile.FACTURATION_CONSULTATION, world.structure)

    page.get_by_role("button", name="Revenir sur la décision").click()
    expect(page.get_by_text("attend de nouveau une réponse")).to_be_visible()
    assert not person.has_perm(Profile.FACTURATION_CONSULTATION, world.structure)


def test_a_request_is_refused_in_a_dialog_by_keyboard_alone(browse, world, gp, axe):
    asked = ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=LONG_AGO)
    page = browse("/approbations/", gp)
    axe(page)

    page.get_by_role("link", name="Refuser la demande").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("Refuser la demande")
    axe(page)
    dialog.get_by_role("button", name="Refuser la demande").press("Enter")
    expect(dialog.get_by_role("alert")).to_be_focused()
    dialog.get_by_label("Cette personne ne travaille pas pour la structure").press("Space")
    dialog.get_by_role("button", name="Refuser la demande").press("Enter")

    expect(page.get_by_text("refusée. Un courriel lui a été envoyé.")).to_be_visible()
    assert ApprovalRequest.objects.get(pk=asked.pk).status == "REFUSEE"


@pytest.mark.parametrize("width", [1366, 360])
def test_many_are_ticked_and_decided_once(browse, world, gp, axe, width):
    for _ in range(3):
        ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=LONG_AGO)
    page = browse("/approbations/", gp, width=width)

    for number in range(2):
        page.locator(".pickcell input").nth(number).check()
    axe(page)
    page.get_by_role("button", name="Approuver la sélection").click()
    axe(page)
    page.get_by_role("button", name="Approuver 2 demandes").click()

    expect(page.get_by_text("2 demandes approuvées")).to_be_visible()
    assert ApprovalRequest.objects.pending().count() == 1
