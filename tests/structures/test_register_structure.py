"""Writing down a structure that nobody manages yet, as files and registers bring them."""

import pytest

from chorus_org.kernel.journal.models import Event
from structures.models import Structure
from structures.operations import StructureRefused, register_structure
from tests.support.factories import StructureFactory, UserFactory
from tests.support.pages import plain

BANQUE = {"identifier_type": "SIRET", "identifier": "572 104 891 00013", "sector": "PUBLIQUE"}


def test_a_structure_is_registered_without_a_gp(db, now):
    operator = UserFactory(is_staff=True)

    made = register_structure(
        **BANQUE, legal_name="BANQUE DE FRANCE", city="Paris", service_code_required=True, by=operator, at=now
    )

    structure = Structure.objects.get()
    assert structure == made
    assert (structure.identifier, structure.identifier_type) == ("57210489100013", "SIRET")
    assert (structure.legal_name, structure.city, structure.country) == ("BANQUE DE FRANCE", "Paris", "FR")
    assert (structure.is_public, structure.service_code_required, structure.is_active) == (True, True, True)
    assert (structure.principal_manager, structure.created_at) == (None, now)
    assert not structure.services.exists()


def test_the_journal_tells_it_without_its_name(db, now):
    operator = UserFactory(is_staff=True)

    structure = register_structure(**BANQUE, legal_name="BANQUE DE FRANCE", by=operator, at=now)

    [event] = Event.objects.about(structure)
    assert (event.kind, event.at, event.details) == ("structure.registered", now, {})
    assert (event.actor_id, event.scope_id) == (operator.public_id, structure.public_id)


def test_the_key_of_the_identifier_is_not_asked_of_a_file(db, now):
    register_structure(
        identifier_type="SIRET", identifier="50419910266307", sector="PRIVEE", legal_name="X", by=None, at=now
    )

    assert Structure.objects.get().identifier == "50419910266307"


def test_a_private_person_has_a_last_and_a_first_name(db, now):
    structure = register_structure(
        identifier_type="PARTICULIER",
        identifier="PART-0123456789",
        sector="PRIVEE",
        last_name="Delaunay",
        first_name="Marc",
        by=None,
        at=now,
    )

    assert structure.name == "Marc Delaunay"


REFUSALS = {
    "misspelt": (
        {"identifier": "5721048910001"},
        "identifier",
        "Le SIRET compte 14 chiffres ; vous en avez donné 13. Vérifiez votre saisie.",
    ),
    "of another type": (
        {"identifier_type": "RIDET"},
        "identifier",
        "Le RIDET compte 9 ou 10 chiffres ; vous en avez donné 14. Vérifiez votre saisie.",
    ),
    "without a name": (
        {"legal_name": ""},
        "legal_name",
        "Un particulier a nom et prénom, toute autre structure une raison sociale.",
    ),
    "of no sector": ({"sector": "MIXTE"}, "sector", "Dites si la structure est publique ou privée."),
    "private with parameters": (
        {"sector": "PRIVEE", "engagement_number_required": True},
        "sector",
        "Seule une entité publique a des paramètres de facturation.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused_says_why_and_writes_nothing(db, now, case):
    change, field, sentence = REFUSALS[case]

    with pytest.raises(StructureRefused) as refused:
        register_structure(**{**BANQUE, "legal_name": "BANQUE DE FRANCE", **change}, by=None, at=now)

    assert (plain(str(refused.value)), refused.value.field) == (sentence, field)
    assert not Structure.objects.exists()
    assert not Event.objects.exists()


def test_an_identifier_however_spelt_is_registered_once(db, now):
    StructureFactory(identifier="57210489100013")

    with pytest.raises(StructureRefused) as refused:
        register_structure(**BANQUE, legal_name="BANQUE DE FRANCE", by=None, at=now)

    assert (str(refused.value), refused.value.field) == ("Une structure porte déjà cet identifiant.", "identifier")
    assert Structure.objects.count() == 1
    assert not Event.objects.exists()


def test_the_same_number_may_be_of_two_types(db, now):
    for identifier_type in ("RIDET", "TAHITI"):
        register_structure(
            identifier_type=identifier_type,
            identifier="123456789",
            sector="PRIVEE",
            legal_name="X",
            by=None,
            at=now,
        )

    assert Structure.objects.count() == 2
