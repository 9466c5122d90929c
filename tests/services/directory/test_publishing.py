"""The whole directory as files: made at night or on demand, the same on each machine (api, 3.1)."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from chorus_org.kernel.common import exports
from services.annuaire import load
from services.directory import publishing
from services.directory.publishing import publish
from services.models import PublishedFile, Service
from services.published import SERVICE_COLUMNS, STRUCTURE_COLUMNS
from structures.models import Structure
from tests.support.factories import ServiceFactory, StructureFactory
from tests.support.operators import address, make_staff
from tests.support.pages import plain

NAMES = ["annuaire.xlsx", "structures.csv", "services.csv"]


@pytest.fixture
def mairie(db):
    structure = StructureFactory(legal_name="MAIRIE DE METZ", identifier="21570463000012", postal_code="01000")
    ServiceFactory(structure=structure, code="CANTINE")
    return structure


def taken(client, name, **headers):
    return client.get(f"/annuaire/complet/{name}", **headers)


def sheets(answer):
    book = CalamineWorkbook.from_filelike(BytesIO(answer.getvalue()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_before_the_first_night_there_is_none(client, mairie):
    assert taken(client, "annuaire.xlsx").status_code == 404
    assert "L’annuaire complet" not in client.get("/annuaire/").text


def test_an_unknown_name_is_not_found(client, mairie, now):
    publish(at=now)

    assert taken(client, "autre.csv").status_code == 404


def test_the_book_has_the_two_sheets_of_chorus_pro(client, mairie, now):
    StructureFactory(private=True)
    publish(at=now)

    found = sheets(taken(client, "annuaire.xlsx"))

    assert list(found) == ["Structures", "Services"]
    assert found["Structures"][0] == STRUCTURE_COLUMNS
    assert found["Services"][0] == SERVICE_COLUMNS
    [row] = found["Structures"][1:]
    assert dict(zip(STRUCTURE_COLUMNS, row, strict=True))["Identifiant"] == "21570463000012"
    assert dict(zip(STRUCTURE_COLUMNS, row, strict=True))["CodePostal"] == "01000"
    assert [line[2] for line in found["Services"][1:]] == ["CANTINE"]


def test_what_a_sheet_cannot_hold_goes_on_in_another(client, mairie, now, monkeypatch):
    StructureFactory.create_batch(4)
    monkeypatch.setattr(exports, "SHEET", 2)
    publish(at=now)

    found = sheets(taken(client, "annuaire.xlsx"))

    assert list(found) == ["Structures", "Structures 2", "Structures 3", "Services"]
    rows = [row[1] for name in list(found)[:3] for row in found[name][1:]]
    assert rows == list(Structure.objects.order_by("identifier").values_list("identifier", flat=True))
    assert all(found[name][0] == STRUCTURE_COLUMNS for name in list(found)[:3])


def test_a_service_is_active_on_the_day_or_is_not(client, mairie, now):
    Service.objects.filter(code="CANTINE").update(active_until=now + timedelta(hours=1))

    for at, active in ((now, "true"), (now + timedelta(hours=1), "false")):
        publish(at=at)
        [line] = taken(client, "services.csv").getvalue().decode().splitlines()[1:]
        assert line.split(";")[SERVICE_COLUMNS.index("ServiceActif")] == active


def test_a_deleted_service_is_not_in_it(client, mairie, now):
    Service.objects.filter(code="CANTINE").update(deleted_at=now)
    publish(at=now)

    assert len(taken(client, "services.csv").getvalue().decode().splitlines()) == 1


def test_the_files_are_read_again_as_they_were(client, mairie, now, tmp_path):
    publish(at=now)
    paths = []
    for name in ("structures.csv", "services.csv"):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(taken(client, name).getvalue())

    reports = [load(path, at=now) for path in paths]

    assert [(report.read, report.written, report.refused_count) for report in reports] == [(1, 0, 0), (1, 0, 0)]


def test_who_has_it_already_is_sent_nothing(client, mairie, now):
    publish(at=now)
    first = taken(client, "structures.csv")
    size = len(first.getvalue())

    again = taken(client, "structures.csv", headers={"If-None-Match": first.headers["ETag"]})
    since = taken(client, "structures.csv", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    publish(at=now + timedelta(days=1))
    StructureFactory()
    publish(at=now + timedelta(days=2))
    after = taken(client, "structures.csv", headers={"If-None-Match": first.headers["ETag"]})

    assert int(first.headers["Content-Length"]) == size > 0
    assert "public" in first.headers["Cache-Control"]
    assert (again.status_code, since.status_code, after.status_code) == (304, 304, 200)


def test_a_large_file_is_kept_and_served_in_parts(client, mairie, now, monkeypatch):
    monkeypatch.setattr(publishing, "PART", 100)
    publish(at=now)

    served = taken(client, "structures.csv")
    parts = list(served.streaming_content)

    assert len(parts) > 3
    assert b"".join(parts).decode("utf-8-sig").splitlines()[0].split(";") == STRUCTURE_COLUMNS


def test_who_is_reading_the_file_of_yesterday_reads_it_to_its_end(client, mairie, now, monkeypatch):
    monkeypatch.setattr(publishing, "PART", 100)
    publish(at=now)
    content = iter(taken(client, "structures.csv").streaming_content)
    begun = next(content)
    publish(at=now + timedelta(days=1))

    whole = begun + b"".join(content)

    assert len(whole) == PublishedFile.objects.get(name="structures.csv", made_at=now).size


def test_two_files_of_a_name_are_kept_and_no_more(mairie, now):
    for days in range(4):
        publish(at=now + timedelta(days=days))

    kept = PublishedFile.objects.filter(name="annuaire.xlsx").order_by("made_at").values_list("made_at", flat=True)
    assert list(kept) == [now + timedelta(days=2), now + timedelta(days=3)]


def test_the_directory_leads_to_them(client, mairie, now):
    publish(at=now)

    page = client.get("/annuaire/")

    assert "L’annuaire complet" in page.text
    assert all(f"/annuaire/complet/{name}" in page.text for name in NAMES)
    assert "25/11/2026" in page.text


def test_the_command_makes_them(client, mairie, capsys):
    call_command("publish_directory")

    assert [line.split("\u00a0")[0] for line in capsys.readouterr().out.splitlines()] == NAMES
    assert taken(client, "annuaire.xlsx").status_code == 200


class TestAgain:
    @pytest.fixture
    def url(self, mairie, now):
        publish(at=now)
        return address(PublishedFile, "again", PublishedFile.objects.get(name="services.csv").pk)

    def test_an_operator_has_them_made_again(self, login, url):
        client = login(make_staff("support"))

        page, done = client.get(url), client.post(url, follow=True)

        assert "Refaire les fichiers de l’annuaire" in page.text
        assert "seront là dans quelques minutes" in done.text
        [job] = ProcrastinateJob.objects.filter(task_name=publishing.MADE_AGAIN)
        assert list(job.args) == ["timestamp"]

    def test_asking_twice_is_said(self, login, url):
        client = login(make_staff("support"))
        client.post(url)

        again = client.post(url)

        assert "ont déjà été demandés" in plain(again.text)
        assert ProcrastinateJob.objects.filter(task_name=publishing.MADE_AGAIN).count() == 1

    def test_who_only_reads_does_not(self, login, url):
        client = login(make_staff("auditeur"))

        refused = client.post(url)

        assert refused.status_code == 403
        assert not ProcrastinateJob.objects.filter(task_name=publishing.MADE_AGAIN).exists()
        assert "refaire" not in client.get(url.replace("refaire", "change")).text
