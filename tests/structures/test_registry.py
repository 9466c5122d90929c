"""The company register: files read whole or not at all, what it says shown before it is written."""

import json
import sys
import threading
import zipfile
from codecs import BOM_UTF8
from http.server import BaseHTTPRequestHandler, HTTPServer

import pyarrow
import pytest
from django.core.management import CommandError, call_command
from pyarrow import parquet

from structures import registry
from structures.models import SireneEstablishment, SireneUnit, Structure
from structures.operations import StructureRefused, take_from_registry
from structures.profiles import Profile
from structures.registry import Entry, PublicApi, differences, look_up
from structures.sirene import load
from tests.support.factories import UserFactory, siret
from tests.support.pages import plain, text_of, tree
from tests.support.people import make_member

URL = "/organisation/structures/"
HEAD = (
    "siret;siren;statutDiffusionEtablissement;etatAdministratifEtablissement;denominationUsuelleEtablissement;"
    "complementAdresseEtablissement;numeroVoieEtablissement;indiceRepetitionEtablissement;typeVoieEtablissement;"
    "libelleVoieEtablissement;codePostalEtablissement;libelleCommuneEtablissement"
).replace(";", ",")
UNITS = "siren,denominationUniteLegale,nomUniteLegale,prenomUsuelUniteLegale,categorieJuridiqueUniteLegale"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def write(tmp_path):
    def write(*lines, name="stock.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def line(number, *, diffused="O", state="A", usual="", street="RUE,DE LA VRILLIERE", postcode="75001", city="PARIS"):
    return f"{number},{number[:9]},{diffused},{state},{usual},BAT A,1,,{street},{postcode},{city}"


def known(structure, **told):
    fields = {"is_open": True, "is_diffused": True, "address": "9 rue Neuve", "postal_code": "69001", "city": "LYON"}
    SireneEstablishment.objects.create(siret=structure.identifier, **fields | told)
    SireneUnit.objects.create(siren=structure.identifier[:9], name="BANQUE DE FRANCE")


class TestFiles:
    def test_are_read_and_found(self, db, write):
        load(write(HEAD, line(siret(1))))
        load(write(UNITS, f"{siret(1)[:9]},ATELIER DU NORD,,,5710"))

        assert look_up(siret(1)) == Entry(
            siret(1), "ATELIER DU NORD", "1 RUE DE LA VRILLIERE", "BAT A", "75001", "PARIS"
        )
        assert look_up(siret(2)) is None

    def test_again_write_only_what_differs(self, db, write):
        path = write(HEAD, *(line(siret(number)) for number in range(100)))

        assert load(path).written == 100
        assert load(path).written == 0
        assert load(write(HEAD, line(siret(3), city="LYON"), line(siret(4)))).written == 1
        assert SireneEstablishment.objects.count() == 100

    def test_tell_the_lines_that_are_wrong(self, db, write, capsys):
        call_command("import_sirene", write(HEAD, line("123"), line(siret(1)), f"{siret(2)},x"))

        told = plain(capsys.readouterr().out)
        assert "3 lignes lues, 1 écrites, 2 refusées." in told
        assert "Ligne 2 : « 123 » n’a pas 14 chiffres." in told

    def test_are_taken_whole_or_not_at_all(self, db, write):
        path = write(HEAD, line(siret(1)))
        path.write_bytes(BOM_UTF8 + path.read_bytes() + b"\xff\xfe\xff\n" * 10)

        with pytest.raises(CommandError, match="ne se lit pas"):
            call_command("import_sirene", path)

        assert not SireneEstablishment.objects.exists()

    def test_a_trial_writes_nothing(self, db, write, capsys):
        call_command("import_sirene", write(HEAD, line(siret(1))), "--dry-run")

        assert "rien n’est écrit" in capsys.readouterr().out
        assert not SireneEstablishment.objects.exists()

    def test_come_in_a_zip(self, db, write, tmp_path):
        path = write(HEAD, line(siret(1)))
        with zipfile.ZipFile(tmp_path / "stock.zip", "w") as archive:
            archive.write(path, "StockEtablissement_utf8.csv")

        assert load(tmp_path / "stock.zip").written == 1

    def test_come_as_parquet(self, db, tmp_path):
        path = tmp_path / "StockEtablissement.parquet"
        lines = [dict(zip(HEAD.split(","), line(siret(number)).split(","), strict=True)) for number in range(3)]
        lines[1]["complementAdresseEtablissement"] = None
        parquet.write_table(pyarrow.Table.from_pylist(lines), path)

        assert load(path).written == 3
        assert load(path).written == 0
        assert [SireneEstablishment.objects.get(pk=siret(n)).address_extra_1 for n in range(2)] == ["BAT A", ""]

    def test_a_damaged_parquet_is_refused_in_a_sentence(self, db, tmp_path):
        path = tmp_path / "StockEtablissement.parquet"
        path.write_bytes(b"PAR1" + b"x" * 100)

        with pytest.raises(CommandError, match="est abîmé"):
            call_command("import_sirene", path)

    def test_as_parquet_without_what_reads_it_are_refused_in_a_sentence(self, db, tmp_path, monkeypatch):
        path = tmp_path / "StockEtablissement.parquet"
        parquet.write_table(pyarrow.Table.from_pylist([{"siret": siret(1)}]), path)
        monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

        with pytest.raises(CommandError, match="demande pyarrow"):
            call_command("import_sirene", path)

    def test_without_a_column_that_counts_are_refused_in_a_sentence(self, db, write):
        with pytest.raises(CommandError, match="voyez ses titres"):
            call_command("import_sirene", write("siret,codePostalEtablissement", f"{siret(1)},75001"))

    @pytest.mark.parametrize("name", ["nothing.csv", "stock.parquet", "absent.csv"])
    def test_of_another_kind_are_refused_in_a_sentence(self, db, write, name, tmp_path):
        path = tmp_path / name if name == "absent.csv" else write("a,b", "1,2", name=name)

        with pytest.raises(CommandError, match="fichier"):
            call_command("import_sirene", path)

    def test_keep_no_address_of_who_asked_not_to_be_shown(self, db, write):
        hidden = line(siret(1), diffused="P", street="[NON-DIFFUSIBLE],[NON-DIFFUSIBLE]", postcode="75001")
        load(write(HEAD, hidden))
        load(write(UNITS, f"{siret(1)[:9]},[NON-DIFFUSIBLE],,,1000"))

        kept = SireneEstablishment.objects.get()
        assert (kept.address, kept.postal_code, kept.city, kept.is_diffused) == ("", "", "", False)
        assert look_up(siret(1)).legal_name == ""


class TestCreating:
    TYPED = {"identifier_type": "SIRET", "legal_name": "", "sector": "PRIVEE", "country": "FR", "city": "Metz"}

    def test_fills_in_what_is_empty_and_nothing_else(self, login, db):
        SireneEstablishment.objects.create(
            siret=siret(7), is_open=True, is_diffused=True, address="9 rue Neuve", city="LYON"
        )
        SireneUnit.objects.create(siren=siret(7)[:9], name="ATELIER DU NORD")
        client, typed = login(UserFactory()), self.TYPED | {"identifier": siret(7)}

        shown = client.post(f"{URL}creer/", typed | {"choisir": "1"})
        filled = client.post(f"{URL}creer/", typed | {"choisir": "insee"})

        assert "ATELIER DU NORD, LYON (base INSEE)" in plain(shown.text)
        form = filled.context["form"]
        values = [form[name].value() for name in ("legal_name", "address", "city")]
        assert values == ["ATELIER DU NORD", "9 rue Neuve", "Metz"]
        assert not form.errors


class TestRefreshing:
    def test_shows_the_difference_then_writes_it(self, login, gp, world):
        known(world.structure)
        client, url = login(gp), f"{URL}{world.structure.public_id}/mettre-a-jour/"

        page = client.get(url)
        assert "Ville : Paris" in plain(text_of(tree(page)))
        assert "Ville : LYON" in plain(text_of(tree(page)))
        done = client.post(url, {"seen": page.context["seen"]}, follow=True)

        world.structure.refresh_from_db()
        assert (world.structure.city, world.structure.address) == ("LYON", "9 rue Neuve")
        assert "L’envoi des données pour « Mettre à jour depuis la base INSEE »" in plain(done.text)
        assert "Rien à mettre à jour" in plain(client.get(url).text)

    def test_what_changed_meanwhile_is_shown_again(self, login, gp, world):
        known(world.structure)
        client, url = login(gp), f"{URL}{world.structure.public_id}/mettre-a-jour/"
        seen = client.get(url).context["seen"]
        SireneEstablishment.objects.update(city="NICE")

        page = client.post(url, {"seen": seen})

        assert page.status_code == 422
        assert "a changé entre-temps" in plain(page.text)
        assert "Ville : NICE" in plain(text_of(tree(page)))

    def test_a_closed_or_unknown_one_is_said(self, login, gp, world):
        url = f"{URL}{world.structure.public_id}/mettre-a-jour/"
        assert "ne connaît pas cet identifiant" in plain(login(gp).get(url).text)
        known(world.structure, is_open=False)
        assert "Cet établissement est fermé" in plain(login(gp).get(url).text)

    def test_is_for_who_manages(self, world, now):
        entry = Entry(world.structure.identifier, city="LYON")

        with pytest.raises(StructureRefused):
            take_from_registry(
                structure_id=world.structure.pk,
                seen=str(differences(world.structure, entry)),
                entry=entry,
                by=make_member(world.structure, profiles={Profile.ORGANISATION_CONSULTATION}),
                at=now,
            )

    def test_silence_changes_nothing(self, world):
        assert differences(world.structure, Entry(world.structure.identifier)) == {}


RESULT = {
    "nom_raison_sociale": "ATELIER DU NORD",
    "siege": {"siret": siret(1)},
    "matching_etablissements": [
        {
            "siret": siret(2),
            "numero_voie": "9",
            "indice_repetition": None,
            "type_voie": "RUE",
            "libelle_voie": "NEUVE",
            "complement_adresse": None,
            "code_postal": "69001",
            "libelle_commune": "LYON",
            "etat_administratif": "A",
            "statut_diffusion_etablissement": "O",
        }
    ],
}


@pytest.fixture
def service(monkeypatch):
    """A public service that gives these answers, one a request."""
    answers = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answers.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(registry, "URL", f"http://127.0.0.1:{server.server_port}/search")
    yield answers
    server.shutdown()
    thread.join()
    server.server_close()


class TestThePublicService:
    def test_says_what_the_very_establishment_is(self, service):
        service.append((200, {"results": [RESULT]}))

        assert PublicApi().find(siret(2)) == Entry(siret(2), "ATELIER DU NORD", "9 RUE NEUVE", "", "69001", "LYON")

    @pytest.mark.parametrize(
        "answer",
        [(200, {"results": []}), (200, {"results": [RESULT]}), (429, {}), (500, b"?"), (200, b"<html>"), (200, [])],
    )
    def test_is_silent_where_it_does_not_know(self, service, answer):
        service.append(answer)

        assert PublicApi().find(siret(3)) is None

    def test_is_silent_when_nobody_answers(self, monkeypatch):
        monkeypatch.setattr(registry, "URL", "http://127.0.0.1:9/")

        assert PublicApi().find(siret(2)) is None

    def test_is_not_asked_unless_an_installation_wants_it(self, settings, service, db):
        assert look_up(siret(2)) is None
        assert not service
        settings.REGISTRIES = ["structures.registry.LocalRegistry", "structures.registry.PublicApi"]
        service.append((200, {"results": [RESULT]}))
        assert look_up(siret(2)).city == "LYON"


def test_the_identifier_s_part_says_that_an_address_is_hidden(login, db):
    SireneEstablishment.objects.create(siret=siret(7), is_open=True, is_diffused=False)
    page = login(UserFactory()).post(
        f"{URL}creer/", {"identifier_type": "SIRET", "identifier": siret(7), "choisir": "1"}
    )

    assert "Adresse non diffusible (INSEE)" in plain(text_of(tree(page)))
    assert not Structure.objects.exists()
