"""« Vérifier des lignes »: one verdict a line, on screen and as a file (domain, 5)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services.directory.verdicts import MOST, Verdict, read, verdicts
from services.operations import DEFAULT_CODE
from tests.support.factories import ServiceFactory, StructureFactory
from tests.support.pages import error_of, plain
from tests.support.queries import operation_queries

URL, DAY = "/annuaire/verifier/", timedelta(days=1)


@pytest.fixture
def banque(db, now):
    structure = StructureFactory(legal_name="BANQUE DE FRANCE", service_code_required=True)
    ServiceFactory(structure=structure, code="FI_COMPTA", engagement_required=True)
    ServiceFactory(structure=structure, code="LIBRE")
    ServiceFactory(structure=structure, code="FERME", active_until=now - DAY)
    ServiceFactory(structure=structure, code="A_VENIR", active_from=now + DAY)
    ServiceFactory(structure=structure, code=DEFAULT_CODE)
    return structure


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("{siret};LIBRE", "OK"),
        ("{siret};libre;", "OK"),
        ("{siret};FI_COMPTA;EJ123", "OK"),
        ("{siret}", "SERVICE_ABSENT"),
        ("{siret};FI_COMPTA", "ENGAGEMENT_ABSENT"),
        ("{siret};LIBRE;" + "9" * 51, "ENGAGEMENT_TROP_LONG"),
        ("{siret};INCONNU", "SERVICE_INCONNU"),
        ("{siret};FERME", "SERVICE_FERME"),
        ("{siret};A_VENIR", "SERVICE_A_VENIR"),
        ("{siret};FACTURES_PUBLIQUES", "SERVICE_RESERVE"),
        ("57210489100014", "SIRET_INVALIDE"),
        ("bonjour", "SIRET_INVALIDE"),
        ("21640122400011", "INCONNUE"),
    ],
)
def test_each_line_has_its_verdict(client, banque, line, verdict):
    typed = line.format(siret=banque.identifier)

    page = client.post(URL, {"lines": typed})
    file = client.post(URL, {"lines": typed, "format": "csv"})

    assert Verdict(verdict).label in page.text or (verdict == "OK" and "Correcte" in page.text)
    text = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert text[0] == "ligne;siret;code;engagement;verdict;phrase"
    assert text[1].split(";")[4] == verdict


def test_a_closed_or_private_structure_is_said(client, banque, now):
    private = StructureFactory(private=True)
    type(banque).objects.filter(pk=banque.pk).update(is_active=False)

    found = verdicts(read([[banque.identifier], [private.identifier]]), at=now)

    assert [one.verdict for one in found] == [Verdict.INACTIVE, Verdict.UNKNOWN]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_files_are_read_as_people_send_them(client, banque, encoding, sign):
    text = f"SIRET{sign}CODE{sign}ENGAGEMENT\r\n{banque.identifier}{sign}LIBRE{sign}é\r\n\r\n"

    page = client.post(URL, {"lines": "", "file": SimpleUploadedFile("a.csv", text.encode(encoding))})

    assert "1 ligne sans reproche, 0 à corriger." in plain(page.text)


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"lines": ""}, "lines", "Saisissez au moins une ligne"),
        ({"lines": "1\n" * (MOST + 1)}, "lines", "5000 lignes au plus ; il y en a 5001"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04\x00\x00")}, "file", "n’est ni un CSV"),
        ({"file": SimpleUploadedFile("a.csv", b"1" * (10**6 + 1))}, "file", "1 Mo au plus"),
    ],
)
def test_what_cannot_be_checked_is_said(client, db, sent, field, sentence):
    answer = client.post(URL, sent)

    assert answer.status_code == 422
    assert sentence in plain(error_of(answer, field))


def test_formulas_stay_text_in_the_file(client, db):
    file = client.post(URL, {"lines": "=cmd|calc;+1;@x", "format": "csv"})

    assert "'=cmd|calc;'+1;'@x" in b"".join(file.streaming_content).decode("utf-8-sig")


def test_costs_two_queries_whatever_their_number(banque, now):
    rows = read([[banque.identifier, "LIBRE"]] * 1000)

    with operation_queries() as queries:
        verdicts(rows, at=now)

    assert len(queries) == 2


def test_what_is_downloaded_is_what_is_shown(client, banque):
    page = client.post(URL, {"lines": f"{banque.identifier};;EJ1"})

    assert f'name="lines" value="{banque.identifier};;EJ1"' in page.text
