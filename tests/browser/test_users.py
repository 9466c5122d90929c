"""Attach, change what somebody may do, detach: the journeys of the guide (3.3, 3.4), whatever one holds in hand."""

import pytest
from playwright.sync_api import expect

from structures.profiles import Profile
from tests.support.factories import UserFactory
from tests.support.people import make_member

UNDER = "/organisation/utilisateurs/"


@pytest.fixture
def look(axe):
    """Axe, where it can run: a page without JavaScript has nothing to run it."""
    return lambda page, javascript: axe(page) if javascript else None


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def marc(db):
    return UserFactory(first_name="Marc", last_name="Delaunay", email="marc@example.org")


@pytest.mark.parametrize(("javascript", "width"), [(True, 1366), (False, 360)])
def test_one_is_attached_then_detached(browse, world, gp, marc, look, javascript, width):
    page = browse(f"{UNDER}rattacher/", gp, javascript=javascript, width=width)
    page.get_by_label("Utilisateur").fill("Marc@example.org")
    page.get_by_label("maille service").check()
    page.locator("#id_service").select_option(label=str(world.service))
    look(page, javascript)
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_text("L’envoi des données pour « Rattacher un utilisateur »")).to_be_visible()
    assert marc.has_perm(Profile.FACTURATION_MODIFICATION, world.service)

    page = browse(f"{UNDER}detacher/", gp, javascript=javascript, width=width)
    page.locator("#f_service").select_option(label=str(world.service))
    if not javascript:
        page.get_by_role("button", name="Afficher").click()
    page.locator("#f_user").select_option(label="Marc Delaunay – marc@example.org")
    if not javascript:
        page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("heading", name="Ce qui prendra fin")).to_be_visible()
    look(page, javascript)
    page.get_by_label("Motif").fill("Mutation")
    page.get_by_role("button", name="Détacher Marc Delaunay").click()
    expect(page.get_by_text("L’envoi des données pour « Détacher un utilisateur »")).to_be_visible()
    assert not marc.has_perm(Profile.FACTURATION_MODIFICATION, world.service)


@pytest.mark.parametrize(("javascript", "width"), [(True, 1366), (True, 360), (False, 1366)])
def test_a_profile_is_added_and_another_removed(browse, world, gp, look, javascript, width):
    marc = make_member(world.structure)
    page = browse(f"{UNDER}habilitations/", gp, javascript=javascript, width=width)
    page.locator("#f_user").select_option(label=f"{marc} – {marc.email}")
    if not javascript:
        page.get_by_role("button", name="Afficher").click()
    page.get_by_label("Facturation : Validation").check()
    page.get_by_label("Cession : Modification").uncheck()
    if javascript:
        consultation = page.get_by_label("Cession : Consultation")
        expect(consultation).to_be_enabled()
        expect(page.get_by_label("Marché : Consultation")).to_be_disabled()
    look(page, javascript)
    page.get_by_role("button", name="Soumettre").click()
    expect(page.get_by_text("Ajouté : Facturation validation")).to_be_visible()
    expect(page.get_by_text("Retiré : Cession modification")).to_be_visible()
    look(page, javascript)
    page.get_by_role("button", name="Confirmer").click()

    expect(page.get_by_text("L’envoi des données pour « Gérer les habilitations")).to_be_visible()
    assert marc.has_perm(Profile.FACTURATION_VALIDATION, world.structure)
    assert not marc.has_perm(Profile.CESSION_MODIFICATION, world.structure)
    assert marc.has_perm(Profile.CESSION_CONSULTATION, world.structure)


def test_the_keyboard_alone_changes_profiles(browse, world, gp):
    marc = make_member(world.structure)
    marc.first_name = "Zoé"
    marc.save()
    page = browse(f"{UNDER}habilitations/", gp)
    page.locator("#f_user").focus()
    page.keyboard.press("Z")
    expect(page.get_by_role("heading", name="Ajouter des habilitations")).to_be_visible()
    expect(page.locator(".htmx-settling")).to_have_count(0)
    expect(page.locator("#f_user")).to_be_focused()
    page.get_by_label("Facturation : Validation").press("Space")
    expect(page.get_by_label("Facturation : Validation")).to_be_checked()
    page.get_by_role("button", name="Soumettre").press("Enter")
    page.get_by_role("button", name="Confirmer").press("Enter")

    expect(page.get_by_text("L’envoi des données pour « Gérer les habilitations")).to_be_visible()
    assert marc.has_perm(Profile.FACTURATION_VALIDATION, world.structure)


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_among_many_is_searched(browse, world, gp, look, javascript):
    for _ in range(26):
        make_member(world.structure)
    zoe = make_member(world.structure)
    zoe.first_name, zoe.last_name = "Zoé", "Zimmermann"
    zoe.save()
    page = browse(f"{UNDER}afficher/", gp, javascript=javascript)
    look(page, javascript)
    page.get_by_label("Chercher : Utilisateur").fill("zimm")
    if not javascript:
        page.get_by_role("button", name="Chercher").click()
    page.get_by_label("Zoé Zimmermann").check()
    if not javascript:
        page.get_by_role("button", name="Afficher").click()

    expect(page.get_by_role("heading", name="Zoé Zimmermann")).to_be_visible()
    look(page, javascript)


def test_one_leaves_and_gives_up_in_a_dialog(browse, world, gp):
    marc = make_member(world.structure)
    page = browse(f"{UNDER}mes-habilitations/", marc)
    page.get_by_role("link", name="Renoncer à Cession modification").click()
    page.get_by_role("dialog").get_by_role("button", name="Renoncer").click()
    expect(page.get_by_text("Vous avez renoncé à : Cession modification")).to_be_visible()

    page = browse("/mon-compte/rattachements/", marc)
    page.get_by_role("link", name="Me détacher").click()
    page.get_by_role("dialog").get_by_role("button", name="Me détacher").click()
    expect(page.get_by_text("Vous n’êtes plus rattaché à")).to_be_visible()
    assert not marc.has_perm(Profile.CESSION_CONSULTATION, world.structure)
