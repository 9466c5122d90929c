"""A structure in the directory: what to write on an invoice, and what not to use (domain, 5 and 12)."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.lines import lines_of
from services.models import Service
from services.operations import DEFAULT_CODE
from structures.models import Structure
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory
from tests.support.pages import text_of, tree
from tests.support.queries import count_queries

DAY = timedelta(days=1)


@pytest.fixture
def structure(db):
    return StructureFactory(legal_name="BANQUE DE FRANCE", city="PARIS", service_code_required=True)


def shown(client, structure):
    return text_of(tree(client.get(structure.directory_url)))


def test_says_in_one_sentence_what_to_write(client, structure):
    ServiceFactory(structure=structure, code="FI_COMPTA", engagement_required=True)

    page = shown(client, structure)

    assert "et le code service" in page
    assert "Le numéro d’engagement est obligatoire pour FI_COMPTA." in page


def test_lists_what_receives_and_warns_of_what_changes(client, structure, now):
    ServiceFactory(structure=structure, code="OUVERT")
    ServiceFactory(structure=structure, code="BIENTOT", active_from=now + 5 * DAY)
    ServiceFactory(structure=structure, code="FINIT", active_until=now + 5 * DAY)
    ServiceFactory(structure=structure, code="FERME", active_until=now - DAY)
    ServiceFactory(structure=structure, code=DEFAULT_CODE)

    page = shown(client, structure)

    assert "OUVERT" in page
    assert "BIENTOT sera actif à partir du" in page
    assert "FINIT ne recevra plus rien après le" in page
    assert "FERME" not in page
    assert "Réservé aux échanges entre entités publiques" in page


def test_gives_the_electronic_address_of_each_and_says_which_are_not_to_be_used(client, structure):
    ServiceFactory(structure=structure, code="OUVERT")
    siret = structure.identifier

    page = shown(client, structure)

    assert f"{siret[:9]}_{siret}_OUVERT Service OUVERT Joignable" in page
    assert "le SIRET seul ne suffit pas : un code service est obligatoire" in page


def test_is_read_by_search_engines(client, structure):
    page = client.get(structure.directory_url).text

    data = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert data["name"] == "BANQUE DE FRANCE"
    assert f'rel="canonical" href="http://testserver{structure.directory_url}"' in page
    assert '<meta name="description" content="Facturer BANQUE DE FRANCE' in page


def test_a_name_cannot_break_out_of_the_data(client, db):
    hostile = StructureFactory(legal_name="</script><script>alert(1)</script>")

    assert "<script>alert" not in client.get(hostile.directory_url).text


def test_a_private_structure_is_not_there(client, db):
    private = StructureFactory(private=True)

    assert client.get(private.directory_url).status_code == 404
    assert client.get("/annuaire/nimporte/123/").status_code == 404
    assert client.get("/annuaire/siret/00000000000000/").status_code == 404


def test_an_inactive_one_says_so(client, structure):
    Structure.objects.update(is_active=False)

    assert "elle ne reçoit plus de factures" in shown(client, structure)


def test_costs_the_same_for_one_service_and_for_many(client, structure):
    ServiceFactory(structure=structure)
    few = count_queries(client, structure.directory_url)
    ServiceFactory.create_batch(20, structure=structure)

    assert count_queries(client, structure.directory_url) == few <= 2


days = st.integers(-400, 400)


@given(
    active=st.booleans(),
    required=st.booleans(),
    either=st.booleans(),
    start=days,
    length=st.one_of(st.none(), st.integers(1, 300)),
    deleted=st.booleans(),
    code=st.sampled_from(["FI", DEFAULT_CODE]),
    at=days,
)
def test_nothing_is_called_reachable_that_is_not(active, required, either, start, length, deleted, code, at):
    """Against the rule in plain words: active, begun, not over, not deleted, not the reserved service."""
    structure = Structure(
        identifier_type="SIRET",
        identifier="57210489100013",
        is_active=active,
        service_code_required=required,
        engagement_or_service_required=either,
    )
    service = Service(
        structure=structure,
        code=code,
        active_from=LONG_AGO + start * DAY,
        active_until=None if length is None else LONG_AGO + (start + length) * DAY,
        deleted_at=LONG_AGO if deleted else None,
    )

    alone, line = lines_of(structure, [service], at=LONG_AGO + at * DAY)

    begun, over = start <= at, length is not None and start + length <= at
    assert line.is_reachable == (active and begun and not over and not deleted and code != DEFAULT_CODE)
    assert alone.is_reachable == (active and (either or not required))
