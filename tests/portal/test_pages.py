"""Home, the domains, « Organisation », « Utilisateurs »: the pages that lead to the others."""

from datetime import timedelta

import pytest

from habilitations.operations.attachments import attach
from tests.support.factories import LONG_AGO, PASSWORD, ServiceFactory, StructureFactory
from tests.support.pages import elements, plain, text_of, tree
from tests.support.people import appoint_to, make_member

DOMAINS = ["marche", "commande", "facturation", "raccordements", "outils"]


def test_a_visitor_reads_what_the_portal_is(client, db):
    answer = client.get("/")

    assert "Bienvenue sur le portail Chorus Organisation" in answer.text
    assert "Se connecter" in answer.text
    assert "Les domaines Chorus Pro" in answer.text


def test_a_visitor_of_home_costs_no_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get("/")


@pytest.mark.parametrize("audience", ["entreprise", "entite-publique", "particulier", "association"])
def test_the_audience_sets_the_words_of_home_and_is_remembered(client, audience, db):
    chosen = client.get("/", {"public": audience})
    later = client.get("/")

    current = [dict(link.attributes)["href"] for link in elements(tree(later), "a", **{"aria-current": "true"})]
    assert f"/?public={audience}" in current
    assert [text_of(p) for p in elements(tree(chosen), "p", **{"class": "lead"})] == [
        text_of(p) for p in elements(tree(later), "p", **{"class": "lead"})
    ]


def test_an_audience_that_does_not_exist_changes_nothing(client, db):
    answer = client.get("/", {"public": "<script>"})

    assert answer.status_code == 200
    assert client.cookies["public"].value == "entreprise"


def test_home_says_how_many_requests_wait_for_my_decision(login, world):
    gp = world.person("gp")
    nothing = plain(login(gp).get("/").text)
    assert world.asked

    one = plain(login(gp).get("/").text)
    unable = plain(login(world.person("bare_member")).get("/").text)

    assert "Rien n’attend aujourd’hui" in nothing
    assert "demande à approuver" in one
    assert "Rien n’attend aujourd’hui" not in one
    assert "à approuver" not in unable


def test_a_manager_reads_what_they_manage_and_what_starts_soon(login, world, now):
    gp = world.person("gp")
    appoint_to(world.elsewhere, gp)
    ServiceFactory(structure=world.structure, code="FI_BIENTOT", active_from=now + timedelta(days=37))
    ServiceFactory(structure=world.structure, code="FI_PLUS_TARD", active_from=now + timedelta(days=61))

    answer = login(gp).get("/")

    assert f"Bonjour {gp.first_name} {gp.last_name}" in answer.text
    assert "Vous êtes gestionnaire principal de BANQUE DE FRANCE et de VILLE DE PARIS." in plain(
        text_of(next(elements(tree(answer), "p", **{"class": "lead"})))
    ).replace(" .", ".")
    assert "FI_BIENTOT" in answer.text
    assert "FI_PLUS_TARD" not in answer.text


def test_a_manager_whose_attachment_is_over_reads_no_name_of_the_structure(login, world, now):
    gp = world.person("gp")
    gp.attachments.update(ended_at=now)

    assert "BANQUE DE FRANCE" not in login(gp).get("/").text


def test_a_stranger_is_told_nothing_of_what_others_start(login, world, now):
    ServiceFactory(structure=world.structure, code="FI_BIENTOT", active_from=now + timedelta(days=37))

    answer = login(world.person("stranger")).get("/")

    assert "FI_BIENTOT" not in answer.text


@pytest.mark.parametrize("name", DOMAINS)
def test_the_other_domains_say_that_they_are_elsewhere(client, name, db):
    answer = client.get(f"/domaines/{name}/")

    assert answer.status_code == 200
    assert "ne fait pas partie de ce portail" in answer.text


def test_a_domain_that_does_not_exist_is_not_found(client, db):
    assert client.get("/domaines/organisation/").status_code == 404


@pytest.mark.parametrize(
    "actor", ["anonymous", "stranger", "requester", "bare_member", "member", "service_member", "gp"]
)
def test_every_link_of_every_page_answers_and_nothing_says_soon(client, world, actor):
    """A page that is not mine asks for a login, or says who may (403); none is missing."""
    answers = {200, 302} if actor == "anonymous" else {200, 200 if actor == "gp" else 403}
    queue, seen = ["/"], set()
    if actor != "anonymous":
        client.post("/comptes/login/", {"login": world.person(actor).email, "password": PASSWORD})
        seen = {"/comptes/login/", "/comptes/signup/"}  # closed to whoever is logged in
    while queue:
        url = queue.pop()
        answer = client.get(url)
        assert answer.status_code in answers, url
        if answer.streaming or not answer.headers["Content-Type"].startswith("text/html"):
            continue  # a file that one takes along
        assert "Bientôt" not in answer.text, url
        for link in elements(tree(answer), "a"):
            href = dict(link.attributes)["href"]
            if href.startswith("/") and href not in seen:
                seen.add(href)
                queue.append(href)

    assert len(seen) > 12


def test_who_manages_one_structure_and_works_for_others_is_a_manager(login, world):
    person = make_member(world.elsewhere)
    appoint_to(world.structure, person)
    attach(user_id=person.pk, structure_id=StructureFactory().pk, by=None, at=LONG_AGO)

    account = text_of(next(elements(tree(login(person).get("/organisation/")), "summary")))

    assert "Gestionnaire principal" in account


def test_who_manages_a_structure_that_they_left_and_works_for_another_is_no_manager(login, world):
    person = appoint_to(world.structure, make_member(world.elsewhere))
    person.attachments.filter(structure=world.structure).update(ends_at=LONG_AGO.replace(year=2024))

    account = text_of(next(elements(tree(login(person).get("/organisation/")), "summary")))

    assert "Utilisateur" in account


@pytest.mark.parametrize(
    ("actor", "role"),
    [
        ("stranger", "Sans structure"),
        ("service_member", "Utilisateur"),
        ("member", "Utilisateur"),
        ("gp", "Gestionnaire principal"),
        ("former_member", "Sans structure"),
    ],
)
def test_the_header_says_who_one_is(login, world, actor, role):
    person = world.person(actor)

    answer = login(person).get("/organisation/")

    account = text_of(next(elements(tree(answer), "summary")))
    assert role in account
    assert person.last_name in account


def test_a_person_of_one_service_sees_no_colleague_of_another(login, world):
    colleague = make_member(world.structure, world.other_service)
    client = login(world.person("service_member"))

    for url in ("/", "/organisation/", "/organisation/structures/", world.structure.get_absolute_url()):
        assert colleague.last_name not in client.get(url).text
        assert colleague.email not in client.get(url).text


FRAME = {
    "partials/assets.html",
    "partials/audiences.html",
    "partials/brand.html",
    "partials/navigation.html",
    "partials/account_links.html",
    "partials/footer.html",
}


def test_the_frame_is_made_once_for_everybody_but_who_is_logged_in_and_where(client, login, world):
    gp, member = world.person("gp"), world.person("member")
    first, home = [login(gp).get(address) for address in ("/organisation/", "/")]

    other = login(member).get("/organisation/")

    assert not FRAME & {template.name for template in other.templates}
    assert (gp.email in first.text, member.email in first.text) == (True, False)
    assert (gp.email in other.text, member.email in other.text) == (False, True)
    assert [current_of(answer) for answer in (home, other)] == [("ACCUEIL", "page"), ("DOMAINES", "page")]


def test_the_frame_of_a_visitor_is_not_that_of_somebody(client, login, world):
    shown = [login(world.person(actor)).get("/organisation/").text for actor in ("anonymous", "gp")]

    assert ["js/session" in text for text in shown] == [False, True]
    assert ["Mes sessions" in text for text in shown] == [False, True]


def current_of(answer):
    [menu] = elements(tree(answer), "nav", id="menu")
    [link] = [link for link in elements(menu, "a") if "aria-current" in dict(link.attributes)]
    return text_of(link), dict(link.attributes)["aria-current"]
