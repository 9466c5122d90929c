"""`manage.py import_annuaire`: the directory as Chorus Pro publishes it, whole or not at all."""

import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from chorus_org.kernel.common.exports import write_sheets
from chorus_org.kernel.common.loading import UnknownFile
from chorus_org.kernel.journal.models import Event
from services.annuaire import load
from services.directory.publishing import publish
from services.models import Service
from services.published import SERVICE_COLUMNS
from services.published import STRUCTURE_COLUMNS as COLUMNS
from structures.models import Structure
from structures.operations import change_structure
from tests.support.factories import ServiceFactory, StructureFactory, siret
from tests.support.pages import plain
from tests.support.people import make_gp
from tests.support.races import race, rounds


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


def test_the_planner_knows_what_the_tables_hold_before_the_constraints_are_checked(db, write, now):
    """Those of a million services, by a plan made for empty tables, took hours."""
    load(write(COLUMNS, structure(1), structure(2)), at=now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'structures_structure'::regclass")
        assert cursor.fetchone() == (2,)


def test_a_trial_writes_nothing(db, write, capsys):
    call_command("import_annuaire", write(COLUMNS, structure(1)), "--dry-run")

    assert "rien n’est écrit" in capsys.readouterr().out
    assert not Structure.objects.exists()


@pytest.mark.parametrize("name", ["annuaire.xlsx", "autre.csv"])
def test_another_file_is_refused_in_a_sentence(db, write, name):
    with pytest.raises(CommandError, match="n’est pas l’annuaire"):
        call_command("import_annuaire", write(["a", "b"], {"a": "1"}, name=name))


@pytest.mark.parametrize("missing", ["StructureActive", "GestionService"])
def test_without_a_flag_nothing_is_read_as_no(db, write, now, missing):
    StructureFactory(identifier=siret(1), service_code_required=True)

    with pytest.raises(UnknownFile, match="voyez les titres"):
        load(write([column for column in COLUMNS if column != missing], structure(1)), at=now)

    assert Structure.objects.get().is_active


class TestForms:
    """As published, as people save them, as our own files come back."""

    @pytest.fixture
    def book(self, tmp_path):
        def book(*sheets):
            path = tmp_path / "annuaire.xlsx"
            with path.open("wb") as file:
                write_sheets(file, [(name, head, [list(row) for row in rows]) for name, head, rows in sheets])
            return path

        return book

    def cells(self, row, columns):
        return [row.get(column, "") for column in columns]

    def test_the_two_sheets_of_a_book_are_read_structures_first(self, db, book, now):
        services = [self.cells(service(1, "COMPTA"), SERVICE_COLUMNS)]
        structures = [self.cells(structure(1, CodePostal="01000"), COLUMNS)]

        report = load(book(("Services", SERVICE_COLUMNS, services), ("Structures", COLUMNS, structures)), at=now)

        assert (report.read, report.written, report.refused_count) == (2, 2, 0)
        assert Structure.objects.get().postal_code == "01000"
        assert Service.objects.filter(code="COMPTA").exists()

    def test_a_book_is_all_or_nothing(self, db, book, now):
        path = book(("Structures", COLUMNS, [self.cells(structure(n), COLUMNS) for n in range(200)]))
        path.write_bytes(path.read_bytes()[:-400])

        with pytest.raises(UnknownFile, match="ne se lit pas"):
            load(path, at=now)

        assert not Structure.objects.exists()

    def test_a_line_of_a_book_is_named_with_its_sheet(self, db, book, now):
        rows = [self.cells(structure(1), COLUMNS), self.cells(structure(2, RaisonSociale=""), COLUMNS)]

        report = load(book(("Structures", COLUMNS, rows)), at=now)

        assert [plain(line) for line in report.sentences()][1:] == ["Structures, ligne 3 : la raison sociale manque."]

    def test_cells_keep_what_they_are_worth(self, db, book, now):
        row = self.cells(structure(1), COLUMNS)
        row[0], row[COLUMNS.index("GestionService")], row[COLUMNS.index("CodePostal")] = 1, True, 57000.0

        load(book(("Structures", COLUMNS, [row])), at=now)

        found = Structure.objects.get()
        assert (found.service_code_required, found.postal_code) == (True, "57000")

    def test_our_own_book_comes_back(self, client, db, now, tmp_path):
        StructureFactory.create_batch(2, city="Metz")
        ServiceFactory(structure=Structure.objects.first(), code="CANTINE")
        publish(at=now)
        path = tmp_path / "annuaire.xlsx"
        path.write_bytes(client.get("/annuaire/complet/annuaire.xlsx").getvalue())

        report = load(path, at=now)

        assert (report.read, report.written, report.refused_count) == (3, 0, 0)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_files_as_people_save_them(self, db, write, now, encoding, delimiter):
        path = write(COLUMNS, structure(1, RaisonSociale="COMMUNE DE SAINT-ÉTIENNE"))
        text = path.read_text(encoding="utf-8-sig")
        path.write_bytes(text.replace(";", delimiter).encode(encoding))

        assert load(path, at=now).refused_count == 0
        assert Structure.objects.get().legal_name == "COMMUNE DE SAINT-ÉTIENNE"

    def test_headings_that_came_back_changed(self, db, write, now):
        path = write(COLUMNS, structure(1))
        text = path.read_text(encoding="utf-8-sig")
        head = text.splitlines()[0]
        changed = head.replace("RaisonSociale", "RAISON SOCIALE").replace("StructureActive", "structure active")
        path.write_text(text.replace(head, changed), encoding="utf-8")

        assert load(path, at=now).written == 1

    def test_thousands_of_empty_lines_at_the_end(self, db, write, now):
        path = write(COLUMNS, structure(1))
        with path.open("a", encoding="utf-8") as file:
            file.write((";" * (len(COLUMNS) - 1) + "\r\n") * 5_000)

        report = load(path, at=now)

        assert (report.read, report.written, report.refused_count) == (1, 1, 0)

    def test_a_siret_that_a_spreadsheet_made_a_number_is_said(self, db, write, now):
        report = load(write(COLUMNS, structure(1, Identifiant="5,72105E+13")), at=now)

        assert "« 5,72105E+13 »" in plain(report.refused[0])

    def test_a_bomb_of_xml_is_not_opened(self, db, book, now, tmp_path):
        path, bomb = book(("Structures", COLUMNS, [])), tmp_path / "bombe.xlsx"
        entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        with zipfile.ZipFile(path) as whole, zipfile.ZipFile(bomb, "w") as changed:
            for name in whole.namelist():
                content = whole.read(name)
                if name.endswith("sheet1.xml"):
                    content = content.replace(b"?>", b"?>" + entities.encode(), 1)
                changed.writestr(name, content)

        with pytest.raises(UnknownFile, match="ne se lit pas"):
            load(bomb, at=now)


def test_a_file_that_breaks_in_the_middle_leaves_nothing(db, write):
    path = write(COLUMNS, structure(1))
    path.write_bytes(path.read_bytes() + b"\xff\xfe\xff\r\n")

    with pytest.raises(CommandError, match="ne se lit pas"):
        call_command("import_annuaire", path)

    assert not Structure.objects.exists()


@pytest.mark.django_db(transaction=True)
@rounds
def test_what_a_gp_writes_while_the_directory_is_read_is_theirs(_, write, now):
    managed, free = StructureFactory(city="Lyon"), StructureFactory(city="Lyon")
    gp = make_gp(managed)
    path = write(COLUMNS, *(structure(1, Identifiant=each.identifier, Ville="Metz") for each in (managed, free)))

    report, changed = race(
        lambda: load(path, at=now),
        lambda: change_structure(structure_id=managed.pk, city="Brest", by=gp, at=now),
    )

    assert (report.written, changed.city) == (1, "Brest")
    assert list(Structure.objects.order_by("pk").values_list("city", flat=True)) == ["Brest", "Metz"]
