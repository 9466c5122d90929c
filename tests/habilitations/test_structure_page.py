"""The page of one structure of mine: identity, and as many of its services as my rights show."""

import pytest

from structures.models import Structure
from tests.support.factories import ServiceFactory
from tests.support.pages import elements, text_of, tree
from tests.support.people import ACTORS, make_member
from tests.support.queries import count_queries

MATRIX = [
    # actor, status, services shown, may act
    ("anonymous", 302, None, None),
    ("stranger", 404, None, None),
    ("service_member", 200, ["FI_COMPTA"], False),
    ("service_modifier", 200, ["FI_COMPTA"], False),
    ("bare_member", 200, [], False),
    ("member", 200, ["FI_ACHATS", "FI_COMPTA"], False),
    ("modifier", 200, ["FI_ACHATS", "FI_COMPTA"], True),
    ("gp", 200, ["FI_ACHATS", "FI_COMPTA"], True),
    ("gp_elsewhere", 404, None, None),
    ("former_member", 404, None, None),
    ("requester", 404, None, None),
    ("suspended_gp", 302, None, None),
    ("operator", 404, None, None),
    ("superuser", 404, None, None),
]


def codes(answer):
    return [text_of(code) for table in elements(tree(answer), "tbody") for code in elements(table, "code")]


@pytest.mark.parametrize(("actor", "status", "services", "acts"), MATRIX)
def test_who_sees_what_of_a_structure(login, world, actor, status, services, acts):
    answer = login(world.person(actor)).get(world.structure.get_absolute_url())

    assert answer.status_code == status
    if status == 200:
        assert "BANQUE DE FRANCE" in answer.text
        assert codes(answer) == services
        assert ("/services/creer/?structure=" in answer.text) == acts
    else:
        assert "BANQUE DE FRANCE" not in answer.text


def test_every_actor_is_in_the_matrix():
    assert tuple(line[0] for line in MATRIX) == ACTORS


def test_a_person_of_one_service_reads_neither_counts_nor_other_names(login, world):
    world.person("gp")
    make_member(world.structure)

    answer = login(world.person("service_member")).get(world.structure.get_absolute_url())

    assert "FI_ACHATS" not in answer.text
    assert "Personnes" not in answer.text


def test_states_are_words(login, world):
    ServiceFactory(structure=world.structure, code="FI_DEMAIN", upcoming=True)
    ServiceFactory(structure=world.structure, code="FI_HIER", closed=True)

    answer = login(world.person("gp")).get(world.structure.get_absolute_url())

    shown = {
        text_of(next(elements(row, "code"))): text_of(row)
        for row in elements(tree(answer), "tr")
        if list(elements(row, "code"))
    }
    assert "Actif" in shown["FI_COMPTA"]
    assert "À venir" in shown["FI_DEMAIN"]
    assert "Inactif" in shown["FI_HIER"]


def test_a_closed_structure_still_shows_its_identity_and_nothing_to_do(login, world):
    gp = world.person("gp")
    Structure.objects.filter(pk=world.structure.pk).update(is_active=False)

    answer = login(gp).get(world.structure.get_absolute_url())

    assert answer.status_code == 200
    assert "Inactive" in answer.text
    assert codes(answer) == []
    assert "/services/creer/?structure=" not in answer.text


def test_four_hundred_services_are_walked_page_by_page(login, world):
    ServiceFactory.create_batch(60, structure=world.structure)
    client = login(world.person("gp"))
    seen, url = [], world.structure.get_absolute_url()

    while url:
        answer = client.get(url)
        seen += codes(answer)
        following = [dict(link.attributes)["href"] for link in elements(tree(answer), "a", rel="next")]
        url = following and world.structure.get_absolute_url() + following[0]

    assert len(seen) == len(set(seen)) == 62
    assert seen == sorted(seen)


def test_the_page_costs_the_same_for_two_services_and_for_a_full_page(login, world):
    client = login(world.person("gp"))
    url = world.structure.get_absolute_url()
    with_two = count_queries(client, url)
    for service in ServiceFactory.create_batch(30, structure=world.structure):
        make_member(world.structure, service)

    assert count_queries(client, url) == with_two <= 6
