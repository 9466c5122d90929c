"""« Structures »: mine, with what I may read of them."""

import pytest

from tests.support.factories import StructureFactory
from tests.support.pages import elements, text_of, tree
from tests.support.people import appoint_to, make_gp
from tests.support.queries import count_queries

URL = "/organisation/structures/"


def test_lists_mine_with_counts_where_i_may_read_them(login, world):
    world.person("gp")

    answer = login(world.person("member")).get(URL)

    [row] = [text_of(row) for ul in elements(tree(answer), "ul", **{"class": "rows"}) for row in elements(ul, "li")]
    assert "BANQUE DE FRANCE" in row
    assert row.endswith("2 services, 2 personnes")


@pytest.mark.parametrize("actor", ["service_member", "bare_member"])
def test_counts_nothing_for_who_may_not_read(login, world, actor):
    world.person("gp")

    answer = login(world.person(actor)).get(URL)

    assert "BANQUE DE FRANCE" in answer.text
    assert "personne" not in text_of(next(elements(tree(answer), "ul", **{"class": "rows"})))


@pytest.mark.parametrize("actor", ["stranger", "gp_elsewhere", "former_member", "operator", "superuser"])
def test_hides_those_of_others(login, world, actor):
    assert "BANQUE DE FRANCE" not in login(world.person(actor)).get(URL).text


def test_tells_who_has_none_what_to_do(login, world):
    stranger = world.person("stranger")

    answer = login(stranger).get(URL)

    assert "Vous n’êtes rattaché à aucune structure" in answer.text
    assert stranger.email in answer.text


def test_costs_the_same_for_one_and_for_a_full_page(login, world):
    gp = world.person("gp")
    client = login(gp)
    with_one = count_queries(client, URL)
    for structure in StructureFactory.create_batch(30):
        appoint_to(structure, gp)

    assert count_queries(client, URL) == with_one <= 5


def test_names_sort_without_accents_nor_case(login, world):
    gp = make_gp(StructureFactory(legal_name="Évian"))
    for name in ("école", "ALBI", "Zuydcoote"):
        appoint_to(StructureFactory(legal_name=name), gp)

    answer = login(gp).get(URL)

    rows = next(elements(tree(answer), "ul", **{"class": "rows"}))
    assert [text_of(link) for link in elements(rows, "a")] == ["ALBI", "école", "Évian", "Zuydcoote"]
