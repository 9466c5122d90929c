"""`manage.py import_annuaire`: the directory as Chorus Pro publishes it, whole or not at all."""

import pytest
from django.core.management import CommandError, call_command

from chorus_org.kernel.journal.models import Event
from services.annuaire import load
from services.models import Service
from services.published import SERVICE_COLUMNS
from services.published import STRUCTURE_COLUMNS as COLUMNS
from structures.models import Structure
from tests.support.factories import StructureFactory, siret
from tests.support.pages import plain
from tests.support.people import make_gp


@pytest.fixture
def write(tmp_path):
    def write(columns, *rows, name="annuaire.csv"):
        path = tmp_path / name
        lines = [";".join(columns), *(";".join(row.get(column, "") for column in columns) for row in rows)]
        path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
        return path

    return write


def structure(number, **told):
    flags = dict.fromkeys(
        ("EmetteurEdi", "RecepteurEdi", "EstMOA", "EstMOAUniquement", "GestionServiceEngagement"), "false"
    )
    told_of = {"TypeIdentifiant": "1", "Identifiant": siret(number), "RaisonSociale": f"COMMUNE {number}"}
    rest = {"GestionStatutMiseEnPaiement": "true", "GestionEngagement": "false", "GestionService": "true"}
    return told_of | flags | rest | {"StructureActive": "true", "Ville": "Metz", "CodePays": "FR"} | told


def service(number, code, **told):
    return (
        {"Identifiant": siret(number), "Code": code, "Nom": f"Service {code}", "GestionEGMT": "true"}
        | {"ServiceActif": "true"}
        | told
    )


class TestStructures:
    def test_are_registered_with_their_default_service(self, db, write, now):
        report = load(write(COLUMNS, structure(1)), at=now)

        found = Structure.objects.get()
        assert (report.read, report.written, report.refused_count) == (1, 1, 0)
        assert (found.name, found.city, found.is_public, found.service_code_required) == (
            "COMMUNE 1",
            "Metz",
            True,
            True,
        )
        assert [one.code for one in Service.objects.filter(structure=found)] == ["FACTURES_PUBLIQUES"]
        assert [event.kind for event in Event.objects.about(found)] == ["structure.registered"]

    def test_again_write_nothing(self, db, write, now):
        path = write(COLUMNS, *(structure(number) for number in range(50)))

        assert load(path, at=now).written == 50
        assert load(path, at=now).written == 0
        assert load(write(COLUMNS, structure(1, Ville="Nancy")), at=now).written == 1
        assert Structure.objects.get(identifier=siret(1)).city == "Nancy"

    def test_that_a_gp_manages_are_theirs(self, world, write, now):
        managed = StructureFactory(city="Lyon")
        make_gp(managed)

        load(write(COLUMNS, structure(1, Identifiant=managed.identifier)), at=now)

        managed.refresh_from_db()
        assert managed.city == "Lyon"

    def test_whose_siret_was_changed_stay_asleep(self, world, write, now):
        former = StructureFactory(is_active=False)
        StructureFactory(origin=former)

        load(write(COLUMNS, structure(1, Identifiant=former.identifier)), at=now)

        former.refresh_from_db()
        assert not former.is_active

    def test_that_are_private_here_stay_so(self, db, write, now):
        private = StructureFactory(private=True)

        load(write(COLUMNS, structure(1, Identifiant=private.identifier)), at=now)

        private.refresh_from_db()
        assert private.sector == "PRIVEE"

    def test_find_the_zeros_that_a_spreadsheet_took(self, db, write, now):
        load(write(COLUMNS, structure(1, Identifiant="5720178100012")), at=now)

        assert Structure.objects.get().identifier == "05720178100012"

    def test_that_are_wrong_are_told(self, db, write, capsys):
        rows = [
            structure(1, TypeIdentifiant="9"),
            structure(2, RaisonSociale=""),
            structure(3, GestionService="peut-être"),
            structure(4, Identifiant="123"),
            structure(5, Ville="x" * 51),
        ]

        call_command("import_annuaire", write(COLUMNS, *rows, structure(6)))

        told = plain(capsys.readouterr().out)
        assert "6 lignes lues, 1 écrites, 5 refusées." in told
        for why in ("Ligne 2 : le type", "raison sociale manque", "ni oui ni non", "« 123 »", "dépasse 50 caractères"):
            assert why in told


class TestServices:
    def test_begin_when_they_are_first_read(self, db, write, now):
        load(write(COLUMNS, structure(1)), at=now)

        report = load(write(SERVICE_COLUMNS, service(1, "COMPTA"), service(1, "VIEUX", ServiceActif="false")), at=now)

        assert report.written == 2
        opened, closed = Service.objects.exclude(code="FACTURES_PUBLIQUES").order_by("code")
        assert (opened.active_from, opened.active_until, opened.engagement_required) == (now, None, True)
        assert (closed.active_until, closed.state(now)) == (now, "INACTIF")

    def test_end_and_begin_again_as_the_file_says(self, db, write, now, clock):
        load(write(COLUMNS, structure(1)), at=now)
        load(write(SERVICE_COLUMNS, service(1, "COMPTA")), at=now)

        assert load(write(SERVICE_COLUMNS, service(1, "COMPTA")), at=now).written == 0
        later = now.replace(month=12)
        load(write(SERVICE_COLUMNS, service(1, "COMPTA", ServiceActif="false")), at=later)
        assert Service.objects.get(code="COMPTA").active_until == later
        load(write(SERVICE_COLUMNS, service(1, "compta")), at=later)
        assert Service.objects.get(code="COMPTA").active_until is None

    def test_of_an_unknown_structure_are_told(self, db, write, now):
        report = load(write(SERVICE_COLUMNS, service(7, "A"), service(7, "B")), at=now)

        assert (report.written, report.refused_count) == (0, 2)
        assert any(siret(7) in line for line in report.sentences())

    def test_of_a_managed_structure_are_its_gp_s(self, world, write, now):
        make_gp(world.structure)
        before = set(Service.objects.values_list("code", flat=True))

        load(write(SERVICE_COLUMNS, service(1, "NEUF", Identifiant=world.structure.identifier)), at=now)

        assert set(Service.objects.values_list("code", flat=True)) == before


def test_our_own_export_comes_back(client, db, write, tmp_path, now):
    structures = StructureFactory.create_batch(3, city="Metz", legal_name="=COMMUNE")
    path = tmp_path / "export.csv"
    path.write_bytes(b"".join(client.get("/annuaire/export.csv").streaming_content))

    assert load(path, at=now).written == 0
    Structure.objects.all().delete()
    assert load(path, at=now).written == len(structures)
    again = b"".join(client.get("/annuaire/export.csv").streaming_content)
    assert again == path.read_bytes()


def test_a_trial_writes_nothing(db, write, capsys):
    call_command("import_annuaire", write(COLUMNS, structure(1)), "--dry-run")

    assert "rien n’est écrit" in capsys.readouterr().out
    assert not Structure.objects.exists()


@pytest.mark.parametrize(("name", "sentence"), [("annuaire.xlsx", "en CSV"), ("autre.csv", "n’est pas l’annuaire")])
def test_another_file_is_refused_in_a_sentence(db, write, name, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("import_annuaire", write(["a", "b"], {"a": "1"}, name=name))


def test_a_file_that_breaks_in_the_middle_leaves_nothing(db, write):
    path = write(COLUMNS, structure(1))
    path.write_bytes(path.read_bytes() + b"\xff\xfe\xff\r\n")

    with pytest.raises(CommandError, match="ne se lit pas"):
        call_command("import_annuaire", path)

    assert not Structure.objects.exists()
