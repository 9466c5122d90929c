"""« Documentation », « Plan du site » and the rest: what they name exists, what they quote is on the screens."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from chorus_org.information.guide import GUIDE, page_of, search
from chorus_org.information.views.pages import MAP
from structures.profiles import Profile
from tests.support.factories import StructureFactory, UserFactory
from tests.support.pages import plain, text_of, tree
from tests.support.people import make_gp
from tests.support.tree import ROOT
from users.models import LinkPurpose
from users.operations.links import LIFETIMES

SCREENS = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/**/*.py"), *ROOT.glob("chorus_org/**/*.py")]
OURS = ("information", "tests", ".venv")
QUOTED = re.compile(r"« ([^»]+) »")


@pytest.fixture(scope="module")
def shown():
    """The words of the screens: templates, forms and views, as they are written."""
    paths = [path for path in SCREENS if not set(OURS) & set(path.relative_to(ROOT).parts)]
    text = "\n".join(path.read_text() for path in paths) + "\n".join(profile.label for profile in Profile)
    return plain(text.replace("\\u00a0", " "))


@pytest.mark.parametrize("task", GUIDE, ids=[task.slug for task in GUIDE])
def test_what_a_task_quotes_is_on_a_screen(task, shown):
    said = plain(" ".join((task.who, *task.steps, *task.good_to_know)))

    assert [quoted for quoted in QUOTED.findall(said) if quoted not in shown] == []


@pytest.mark.parametrize("task", GUIDE, ids=[task.slug for task in GUIDE])
def test_each_task_leads_to_its_screens(task, client, db):
    assert [name for name in task.screens if not reverse(name)] == []
    assert task.title in plain(client.get(reverse("guide:task", args=[task.slug])).text)


@pytest.mark.parametrize("task", GUIDE, ids=[task.slug for task in GUIDE])
def test_each_task_shows_its_screen(task, client, db):
    picture = ROOT / "static" / task.picture

    assert 20_000 < picture.stat().st_size < 130_000
    assert f"/static/{task.picture}"[:-4] in client.get(reverse("guide:task", args=[task.slug])).text


def test_how_long_a_link_serves_is_said_as_it_is(client, db):
    minutes = LIFETIMES[LinkPurpose.ACTIVATION] // timedelta(minutes=1)

    for path in (reverse("support:support"), reverse("guide:task", args=["creer-un-compte"])):
        assert f"sert une fois, pendant {minutes} minutes" in plain(client.get(path).text)


def test_a_task_is_found_by_its_heading():
    assert [task.slug for task in search("SERVICE créer")] == ["creer-un-service"]
    assert search("introuvable") == []
    assert len(search("")) == len(GUIDE)


def test_each_screen_leads_to_its_task(login, world):
    page = login(world.person("gp")).get(reverse("services:create"))

    assert f'href="{reverse("guide:task", args=["creer-un-service"])}"' in page.text
    assert page_of("home") == reverse("guide:contents")


def test_the_map_names_every_screen_that_takes_nothing_but_a_visit(client, db):
    named = {name for _, pages in MAP for name, _ in pages}

    assert [name for name in named if not reverse(name)] == []
    assert {name for task in GUIDE for name in task.screens if not name.startswith("activation")} <= named
    assert "Rattacher un utilisateur" in plain(client.get("/plan-du-site/").text)


def test_a_manager_opens_each_page_of_the_map(login, world):
    client = login(world.person("gp"))
    names = [name for _, pages in MAP for name, _ in pages]

    for name in names:
        assert client.get(reverse(name), follow=True).status_code == 200, name


class TestKit:
    def test_says_who_manages_what(self, login, world):
        gp = world.person("gp")

        text = plain(text_of(tree(login(gp).get("/communication/presenter/"))))

        assert "BANQUE DE FRANCE" in text
        assert str(gp) in text


class TestFirstSteps:
    def test_lead_whoever_has_no_structure(self, login, db):
        text = plain(login(UserFactory()).get("/").text)

        assert "Pour commencer" in text
        assert "Demander un rattachement à ma structure" in text

    def test_say_that_an_answer_is_awaited(self, login, world):
        assert "Une réponse est attendue" in plain(login(world.asked.requester).get("/").text)

    def test_lead_the_gp_of_a_new_structure_and_go_when_done(self, login, db, now):
        structure = StructureFactory(legal_name="ATELIER", created_at=now)
        gp = make_gp(structure)

        text = plain(login(gp).get("/").text)
        assert "Rattacher des collègues" in text
        structure.created_at = now.replace(year=2020)
        structure.save()
        assert "Pour commencer" not in plain(login(gp).get("/").text)


@pytest.mark.parametrize(
    ("audience", "first"),
    [
        ("entreprise", "Trouver une structure publique"),
        ("entite-publique", "Rejoindre ma structure"),
        ("particulier", "Créer ma structure"),
        ("association", "Créer ou rejoindre la structure"),
    ],
)
def test_home_begins_with_what_its_visitor_came_for(client, db, audience, first):
    assert first in plain(client.get(f"/?public={audience}").text)
