"""Every page and state of the portal, looked at by axe, at 1366 and at 320 px, in both schemes."""

import pytest
from playwright.sync_api import expect

from structures.models import Structure
from tests.browser import rgaa
from tests.support.factories import PASSWORD, ServiceFactory, UserFactory
from tests.support.table import address, looked_at


@pytest.mark.parametrize("width", [1366, 320])
@pytest.mark.parametrize(("actor", "name"), looked_at().values(), ids=looked_at())
def test_axe_finds_nothing_and_nothing_overflows(browse, world, axe, actor, name, width):
    world.structure.legal_name = "FRANCE TRAVAIL - DIRECTION REGIONALE PROVENCE ALPES COTE D'AZUR"
    world.structure.save()
    ServiceFactory(structure=world.structure, code="FI_DEMAIN_" + "X" * 80, upcoming=True)
    ServiceFactory(structure=world.structure, code="FI_HIER", closed=True)
    path = name if name.startswith("/") else address(name, world)
    person = None if actor == "anonymous" else world.person(actor)

    page = browse(path, person, proved=name != "account_reauthenticate", width=width)

    assert page.url.endswith(path)
    axe(page)
    rgaa.check(page)


@pytest.mark.parametrize("width", [1366, 320])
def test_a_login_refused_then_blocked_is_read_in_words(browse, transactional_db, axe, width):
    person = UserFactory()
    page = browse("/comptes/login/", width=width)

    for _ in range(6):
        page.get_by_label("Identifiant").fill(person.email)
        page.get_by_label("Mot de passe").fill("faux")
        page.get_by_role("button", name="SE CONNECTER").click()
        expect(page.get_by_role("alert")).to_be_focused()

    expect(page.get_by_role("alert")).to_contain_text("vous pourrez vous connecter à partir")
    axe(page)


def test_the_first_tab_leads_to_the_content(browse, transactional_db):
    page = browse("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#contenu")).to_be_focused()


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(browse, transactional_db, axe):
    page = browse("/", width=360)
    menu = page.get_by_role("navigation", name="Navigation principale")
    expect(menu).to_be_hidden()

    page.get_by_role("button", name="Menu").press("Enter")
    expect(menu.get_by_role("link", name="DOMAINES")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")

    expect(menu).to_be_hidden()


def test_one_leaves_from_the_account_menu(browse, transactional_db, axe):
    page = browse("/comptes/login/")
    person = UserFactory()
    page.get_by_label("Identifiant").fill(person.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="SE CONNECTER").click()

    page.get_by_text(person.get_full_name(), exact=True).first.click()
    axe(page)
    page.get_by_role("button", name="Se déconnecter").click()

    expect(page.get_by_role("link", name="Se connecter").first).to_be_visible()


def test_the_text_may_be_spaced_and_doubled(browse, world):
    """RGAA 10.4 and 10.12: nothing is cut when a person spaces the text or doubles it."""
    page = browse(world.structure.get_absolute_url(), world.person("gp"), width=1280)

    page.evaluate("""() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`html { font-size: 200% }
            * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
        document.adoptedStyleSheets = [sheet];
    }""")

    cut = page.evaluate("""() => [...document.querySelectorAll("main *")]
        .filter(e => getComputedStyle(e).overflow === "hidden" && !e.closest(".sr"))
        .filter(e => e.scrollHeight > e.clientHeight + 2)
        .map(e => e.className)""")
    assert [name for name in cut if name != "sr"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_page_that_went_out_of_reach_says_so_without_losing_the_form(browse, world):
    """The right is lost between the page and the choice: the sentence comes, what was typed stays."""
    gp = world.person("gp")
    page = browse("/organisation/structures/services/creer/", gp)
    page.get_by_label("Code de service").fill("FI_SGPI")
    Structure.objects.filter(pk=world.structure.pk).update(is_active=False)

    page.get_by_label("Choisir la structure").dispatch_event("change")

    expect(page.locator("#messages")).to_contain_text("profil")
    expect(page.get_by_label("Code de service")).to_have_value("FI_SGPI")
