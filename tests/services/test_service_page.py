"""The page of one service, and who may open it."""

import re

import pytest

from habilitations.operations.attachments import attach
from services.models import Service
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory
from tests.support.pages import plain
from tests.support.people import ACTORS, make_gp
from tests.support.queries import count_queries

MATRIX = [
    # actor, their own or the first service, the other service
    ("anonymous", 302, 302),
    ("stranger", 404, 404),
    ("service_member", 200, 404),
    ("service_modifier", 200, 404),
    ("bare_member", 403, 403),
    ("member", 200, 200),
    ("modifier", 200, 200),
    ("gp", 200, 200),
    ("gp_elsewhere", 404, 404),
    ("former_member", 404, 404),
    ("requester", 404, 404),
    ("suspended_gp", 302, 302),
    ("operator", 404, 404),
    ("superuser", 404, 404),
]


@pytest.mark.parametrize(("actor", "own", "other"), MATRIX)
def test_who_sees_a_service(login, world, actor, own, other):
    client = login(world.person(actor))

    answers = [client.get(service.get_absolute_url()) for service in (world.service, world.other_service)]

    assert [answer.status_code for answer in answers] == [own, other]
    for answer, service in zip(answers, (world.service, world.other_service), strict=True):
        assert (service.label in answer.text) == (answer.status_code == 200)


def test_every_actor_is_in_the_matrix():
    assert tuple(line[0] for line in MATRIX) == ACTORS


def test_who_may_not_read_it_learns_whom_to_ask(login, world):
    gp = world.person("gp")

    answer = login(world.person("bare_member")).get(world.service.get_absolute_url())

    assert "« Organisation consultation »" in plain(answer.text)
    assert f"Adressez-vous à {gp} (BANQUE DE FRANCE)." in answer.text


def test_an_unknown_service_answers_as_one_that_is_not_mine(login, world):
    client = login(world.person("stranger"))

    unknown = client.get("/organisation/structures/services/8d7b2f0a-0000-4000-8000-000000000000/")
    hidden = client.get(world.service.get_absolute_url())

    assert unknown.status_code == hidden.status_code == 404
    token = re.compile(r'value="[A-Za-z0-9]{64}"')
    assert token.sub("", unknown.text) == token.sub("", hidden.text)


def test_a_service_of_a_closed_perimeter_still_opens_for_its_people(login, world, now):
    member = world.person("service_member")
    Service.objects.filter(pk=world.service.pk).update(active_until=now)

    answer = login(member).get(world.service.get_absolute_url())

    assert answer.status_code == 200
    assert "Inactif" in answer.text


@pytest.mark.parametrize("actor", [line[0] for line in MATRIX if line[1] == 200])
def test_the_page_takes_few_queries(login, world, actor):
    client = login(world.person(actor))

    assert count_queries(client, world.service.get_absolute_url()) <= 6


def test_three_managers_are_named_and_no_more(login, world):
    """« Créer un service » names whom to ask in one's structures: the first three, by the structure's name."""
    member = world.person("member")
    managers = [make_gp(world.structure)]
    for number in range(3):
        structure = StructureFactory(legal_name=f"MAIRIE {number}")
        managers.append(make_gp(structure))
        attach(user_id=member.pk, structure_id=structure.pk, by=None, at=LONG_AGO)

    told = plain(login(member).get("/organisation/structures/services/creer/").text)

    assert "Adressez-vous à" in told
    assert [str(manager) in told for manager in managers] == [True, True, True, False]


def test_a_code_that_clients_refuse_is_flagged(login, world, client):
    odd = ServiceFactory(structure=world.structure, code="FI@PARIS")
    gp = login(world.person("gp"))

    assert "refusent les signes de ce code" in plain(gp.get(odd.get_absolute_url()).text)
    assert "refusent les signes de ce code" in plain(gp.get(world.structure.directory_url).text)
    assert "refusent les signes" not in plain(gp.get(world.service.get_absolute_url()).text)
