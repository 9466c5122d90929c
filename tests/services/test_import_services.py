"""« Importer des services »: tried line by line, then all or nothing, whatever the spreadsheet made of the file."""

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from chorus_org.kernel.common import imports
from chorus_org.kernel.common.imports import table
from services.models import Service
from services.operations import ServicesRefused, change_service, check_services, create_services
from tests.support.factories import ServiceFactory, StructureFactory
from tests.support.pages import error_of, plain
from tests.support.people import make_gp
from tests.support.races import race, rounds

URL = "/organisation/structures/services/importer/"
HEAD = "Code;Nom;Description;Engagement obligatoire;Début;Fin"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def send(login, gp, world):
    """Send lines or a file, as the GP."""
    client = login(gp)

    def send(content="", *, confirmed=False, name="services.csv", **fields):
        form = {"structure": world.structure.public_id, "active_from": "2026-12-01T08:00:00", **fields}
        if isinstance(content, bytes):
            form["file"] = SimpleUploadedFile(name, content)
        else:
            form["lines"] = content
        return client.post(URL, form | ({"confirmed": "1"} if confirmed else {}))

    return send


def spreadsheet(*rows):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
                else:
                    sheet.write(number, column, cell)
    return file.getvalue()


def codes(structure):
    return set(Service.objects.filter(structure=structure).values_list("code", flat=True))


class TestTrying:
    def test_writes_nothing_and_says_what_each_line_gives(self, send, world):
        before = codes(world.structure)

        page = send(f"{HEAD}\nNEUF;Service neuf;;non;;\nFI_COMPTA;Double;;;;\n;Sans code;;;;")

        text = plain(page.text)
        assert codes(world.structure) == before
        assert "3 lignes pour BANQUE DE FRANCE, dont 2 à corriger : rien ne sera créé avant." in text
        assert "Le code « FI_COMPTA » existe déjà" in text
        assert "Saisissez le code du service" in text
        assert "Créer ces services" not in text

    def test_then_all_is_written_at_once(self, send, world):
        page = send(f"{HEAD}\nA;Un;Premier;oui;01/01/2027;31/12/2027 12:00\nB;Deux;;;;")
        assert "Sera créé" in plain(page.text)
        lines = page.context["text"]

        done = send(lines, confirmed=True)

        assert (done.status_code, done.url) == (302, world.structure.get_absolute_url())
        first, second = Service.objects.filter(code__in="AB").order_by("code")
        assert (first.label, first.description, first.engagement_required) == ("Un", "Premier", True)
        assert [f"{localtime(day):%d/%m/%Y %H:%M}" for day in (first.active_from, first.active_until)] == [
            "01/01/2027 00:00",
            "31/12/2027 12:00",
        ]
        assert f"{localtime(second.active_from):%d/%m/%Y %H:%M}" == "01/12/2026 08:00"

    def test_a_code_twice_in_the_file_is_refused(self, send):
        page = send(f"{HEAD}\nA;Un\na;Deux")

        assert "existe déjà dans cette structure" in plain(page.text)

    def test_one_that_is_wrong_keeps_all_from_being_written(self, world, gp, now):
        fields = {"label": "Neuf", "active_from": now}
        services = [{"code": "A", **fields}, {"code": "FI_COMPTA", **fields}]

        with pytest.raises(ServicesRefused) as refused:
            create_services(structure_id=world.structure.pk, services=services, by=gp, at=now)

        assert list(refused.value.by_number) == [1]
        assert "A" not in codes(world.structure)
        check_services(structure_id=world.structure.pk, services=services[:1], by=gp, at=now)
        assert "A" not in codes(world.structure)

    def test_a_code_of_older_software_is_taken_with_a_warning(self, send):
        page = send(f"{HEAD}\nSRV@COMPTA;Compta")

        assert "refusent ce code" in plain(page.text)
        assert "Sera créé" in plain(page.text)

    def test_what_was_forged_meanwhile_is_tried_again(self, send, world):
        before = codes(world.structure)

        send("Code;Nom\nFI_COMPTA;Double", confirmed=True)

        assert codes(world.structure) == before

    def test_another_structure_s_line_is_refused(self, send, world):
        page = send(f"Identifiant;Code;Nom\n{world.elsewhere.identifier};A;Un")

        assert "Cette ligne est d’une autre structure." in plain(page.text)


class TestFilesOfPeople:
    @pytest.mark.parametrize(
        "content",
        [
            "\ufeffCode;Nom\r\nA;Été\r\n".encode(),
            "Code;Nom\nA;Été\n".encode("cp1252"),
            "Code\tNom\r\nA\tÉté\r\n".encode("utf-16"),
            "code de service,NOM\nA,Été\n".encode(),
            ("CODE;LIBELLE DU SERVICE\nA;Été\n" + ";\n" * 3000).encode(),
            "\n\nCode;Nom\nCode;Nom\nA;Été\n".encode(),
            b'"Code";"Nom"\r\n"A";"\xc3\x89t\xc3\xa9"\r\n',
        ],
        ids=["bom", "cp1252", "utf-16 tabs", "commas", "empty end", "two headers", "quotes"],
    )
    def test_are_read(self, send, content):
        page = send(content)

        assert [(one.line.values["code"], one.line.values["label"]) for one in page.context["tried"]] == [("A", "Été")]

    def test_a_spreadsheet_with_its_dates_and_its_numbers(self, send):
        page = send(
            spreadsheet(["Code", "Nom", "Début", "Engagement obligatoire"], [1200, "Été", datetime(2027, 1, 1), True])
        )

        [one] = page.context["tried"]
        assert (one.problems, one.values["code"], one.values["engagement_required"]) == ([], "1200", True)
        assert f"{localtime(one.values['active_from']):%d/%m/%Y}" == "01/01/2027"

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_our_own_export_comes_back(self, login, gp, world, send, form):
        ServiceFactory(structure=world.structure, code="0042", label="=1+1")
        answer = login(gp).get(f"/organisation/structures/services/export.{form}")
        content = b"".join(answer.streaming_content)
        Service.objects.filter(structure=world.structure, attachments=None).delete()

        page = send(content)

        tried = {one.line.values["code"]: one for one in page.context["tried"]}
        assert tried["0042"].line.values["label"] == "=1+1"
        assert tried["0042"].problems == []

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"PK\x03\x04 rien", "ni un CSV ni un classeur"),
            (b"\xd0\xcf\x11\xe0 rien", "ni un CSV ni un classeur"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "ni un CSV ni un classeur"),
            (b"Nom\nA", "il manque : Code"),
            (b"Code;Nom\n", "aucune ligne"),
            (b"", "vide"),
            (b"Code;Nom\n" + b"A;B\n" * 501, "500 services au plus"),
            (b"Code;Nom\n" + b"A;B\n" * 10_001, "plus de 10000 lignes"),
            (b"Code;Nom\n" + b";" * 200 + b"A", "100 colonnes"),
            (b"x" * 6 * 10**6, "trop gros"),
        ],
    )
    def test_what_is_no_table_is_refused_in_a_sentence(self, send, content, sentence):
        page = send(content)

        assert page.status_code == 422
        assert sentence in plain(error_of(page, "file"))

    def test_a_bomb_is_not_opened(self, send):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 60 * 10**6)

        assert "trop gros une fois ouvert" in plain(error_of(send(file.getvalue()), "file"))

    def test_a_bomb_that_lies_about_its_size_is_not_opened(self, send, monkeypatch):
        monkeypatch.setattr(imports, "CalamineWorkbook", None)  # never reached
        file, size = io.BytesIO(), 60 * 10**6
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("xl/worksheets/sheet1.xml", b"0" * size)
        lying = file.getvalue().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))

        assert "ni un CSV ni un classeur lisible" in plain(error_of(send(lying), "file"))

    def test_a_thousand_members_are_not_opened(self, send):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as bomb:
            for number in range(1_001):
                bomb.writestr(f"xl/{number}.xml", b"")

        assert "trop gros une fois ouvert" in plain(error_of(send(file.getvalue()), "file"))

    def test_the_name_of_the_file_says_nothing(self, send):
        page = send(b"Code;Nom\nA;B", name="../../etc/passwd.xlsx")

        assert page.context["tried"][0].values["code"] == "A"

    def test_a_table_knows_no_formula(self):
        assert table(b"Code;Nom\nA;'=1+1\nB;'abc")[1:] == [["A", "=1+1"], ["B", "'abc"]]


@pytest.mark.django_db(transaction=True)
@rounds
def test_importing_and_changing_at_the_same_moment_lose_nothing(_, now):
    structure = StructureFactory()
    gp, service = make_gp(structure), ServiceFactory(structure=structure, code="ANCIEN")
    told = {"description": "", "active_from": service.active_from, "active_until": None, "engagement_required": False}
    rows = [{"code": code, "label": code, "active_from": now} for code in ("A", "B", "C")]

    imported, changed = race(
        lambda: create_services(structure_id=structure.pk, services=rows, by=gp, at=now),
        lambda: change_service(service_id=service.pk, label="Nouveau nom", by=gp, at=now, **told),
    )

    assert len(imported) == 3
    assert changed.label == "Nouveau nom"
    assert set(structure.services.values_list("code", "label")) == {
        ("ANCIEN", "Nouveau nom"),
        *((code, code) for code in "ABC"),
    }


@pytest.mark.django_db(transaction=True)
@rounds
def test_the_same_file_imported_twice_at_once_is_imported_once(_, now):
    structure = StructureFactory()
    gp = make_gp(structure)
    rows = [{"code": code, "label": code, "active_from": now} for code in ("A", "B", "C")]

    def act():
        return create_services(structure_id=structure.pk, services=rows, by=gp, at=now)

    answers = race(act, act)

    assert sorted(type(answer).__name__ for answer in answers) == ["ServicesRefused", "list"]
    assert structure.services.count() == 3
