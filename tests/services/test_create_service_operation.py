"""« Créer un service », the operation: what the form cannot know, since it changed after the page was shown."""

from functools import partial

import pytest
from django.db import transaction

from chorus_org.kernel.journal.models import Event
from services.models import Service
from services.operations import ServiceRefused, create_service
from structures.models import Structure
from tests.support.factories import LONG_AGO, ServiceFactory
from tests.support.pages import plain
from tests.support.people import World
from tests.support.races import race


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def arguments(world, gp, now):
    return {
        "structure_id": world.structure.pk,
        "code": "FI_SGPI",
        "label": "Service financier SGPI",
        "active_from": now,
        "by": gp,
        "at": now,
    }


@pytest.mark.parametrize(
    "actor", ["stranger", "member", "service_member", "gp_elsewhere", "suspended_gp", "superuser"]
)
def test_refuses_whoever_lost_the_right(world, arguments, actor):
    if actor == "suspended_gp":
        Structure.objects.filter(pk=world.structure.pk).update(principal_manager=None)

    with pytest.raises(ServiceRefused, match="Vous ne gérez plus cette structure") as refused:
        create_service(**{**arguments, "by": world.person(actor)})

    assert refused.value.field == "structure"
    assert not Event.objects.filter(kind="service.created").exists()


def test_refuses_a_structure_closed_meanwhile(world, arguments):
    Structure.objects.filter(pk=world.structure.pk).update(is_active=False)

    with pytest.raises(ServiceRefused, match="Vous ne gérez plus cette structure"):
        create_service(**arguments)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("code", "", "Saisissez un code de service"),
        ("code", " FI", "Saisissez un code de service"),
        ("code", "FI\tSGPI", "Saisissez un code de service"),
        ("label", " ", "Saisissez le libellé du service"),
        ("active_until", LONG_AGO, "La fin doit être postérieure au début."),
    ],
)
def test_the_database_has_the_last_word(arguments, field, value, sentence):
    with pytest.raises(ServiceRefused, match=sentence) as refused:
        create_service(**{**arguments, field: value})

    assert refused.value.field == field
    assert not Service.objects.filter(code="FI_SGPI").exists()


def test_a_rollback_leaves_neither_service_nor_event(arguments):
    with pytest.raises(RuntimeError), transaction.atomic():
        create_service(**arguments)
        raise RuntimeError

    assert not Service.objects.filter(code="FI_SGPI").exists()
    assert not Event.objects.filter(kind="service.created").exists()


def test_a_code_of_a_hundred_characters_can_be_proposed_another(world, arguments):
    ServiceFactory(structure=world.structure, code="A" * 100)

    with pytest.raises(ServiceRefused) as refused:
        create_service(**{**arguments, "code": "a" * 100})

    assert plain(str(refused.value)).endswith(f"par exemple « {'A' * 95}_2 ».")


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_equal_codes_at_once_make_one_service(transactional_db, now, rounds):
    world = World()
    creating = {"structure_id": world.structure.pk, "label": "Course", "active_from": now, "at": now}
    creating["by"] = world.person("gp")

    for n in range(rounds):
        codes = (f"CODE_{n}", f"code_{n}")
        outcomes = race(*(partial(create_service, code=code, **creating) for code in codes))

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Service", "ServiceRefused"]
        [service] = world.structure.services.coded(codes[0])
        assert Event.objects.about(service).count() == 1
