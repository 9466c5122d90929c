"""What one takes along from the directory: the search as Chorus Pro's file, the lines of a structure (api, 3.1)."""

import csv
import json
from io import StringIO

import pytest

from tests.support.factories import ServiceFactory, StructureFactory


@pytest.fixture
def banque(db):
    structure = StructureFactory(
        legal_name="=BANQUE DE FRANCE", city="PARIS", postal_code="01000", service_code_required=True
    )
    ServiceFactory(structure=structure, code="FI_COMPTA", engagement_required=True)
    return structure


def read(answer):
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    assert "\r\n" in text
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_search_is_taken_in_the_columns_of_chorus_pro(client, banque):
    StructureFactory(legal_name="AUTRE")
    StructureFactory(private=True, legal_name="BANQUE PRIVEE")

    [row] = read(client.get("/annuaire/export.csv", {"q": "banque"}))

    assert list(row)[:4] == ["TypeIdentifiant", "Identifiant", "RaisonSociale", "EmetteurEdi"]
    assert len(row) == 21
    assert (row["TypeIdentifiant"], row["Identifiant"]) == ("1", banque.identifier)
    assert (row["GestionService"], row["GestionEngagement"], row["StructureActive"]) == ("true", "false", "true")
    assert row["RaisonSociale"] == "'=BANQUE DE FRANCE"
    assert row["CodePostal"] == "01000"


def test_without_a_search_it_is_the_whole_directory(client, banque):
    StructureFactory.create_batch(30)
    StructureFactory(private=True)

    assert len(read(client.get("/annuaire/export.csv"))) == 31


def test_the_lines_of_a_structure_are_given_to_software(client, banque):
    rows = read(client.get(f"{banque.directory_url}lignes.csv"))
    found = json.loads(client.get(f"{banque.directory_url}lignes.json").content)["lignes"]

    siret = banque.identifier
    assert [row["adresse"] for row in rows] == [f"{siret[:9]}_{siret}", f"{siret[:9]}_{siret}_FI_COMPTA"]
    assert [row["joignable"] for row in rows] == ["false", "true"]
    assert found[1]["engagement_obligatoire"] is True


def test_a_private_structure_gives_none(client, db):
    private = StructureFactory(private=True)

    assert client.get(f"{private.directory_url}lignes.csv").status_code == 404


@pytest.mark.parametrize("address", ["export.csv", "export.xlsx"])
def test_a_visitor_takes_the_search_along(client, banque, address):
    answer = client.get(f"/annuaire/{address}")

    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content)) > 100
