"""Error pages: in French, in the portal's look, saying what to do next, even without a database."""

from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.db import connection
from django.test import override_settings
from django.urls import path
from django.views.decorators.http import require_GET

from chorus_org import urls as portal
from tests.support.pages import by_id, plain, text_of


@require_GET
def breaking(request):
    raise RuntimeError("secret detail")


handler400, handler403, handler404, handler500 = (
    portal.handler400,
    portal.handler403,
    portal.handler404,
    portal.handler500,
)
urlpatterns = [*portal.urlpatterns, path("casse/", breaking, name="broken")]


@pytest.fixture
def gentle(client):
    client.raise_request_exception = False
    return client


def test_an_unknown_address_is_not_found_in_french(client, db):
    answer = client.get("/nulle-part/")

    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text
    assert 'href="/"' in answer.text


def test_an_unknown_address_keeps_the_person_logged_in(login, world):
    gp = world.person("gp")

    answer = login(gp).get("/nulle-part/")

    assert gp.email in answer.text


@pytest.mark.parametrize("actor", ["anonymous", "gp"])
def test_a_form_without_its_token_speaks_of_the_page_and_not_of_profiles(login, world, actor):
    client = login(world.person(actor))
    client.handler.enforce_csrf_checks = True

    answer = client.post("/comptes/login/", {"login": "claire@example.org"})

    assert answer.status_code == 403
    assert "Cette page n’est plus à jour" in answer.text
    assert "rechargez-la et recommencez" in answer.text
    assert "profil" not in plain(text_of(by_id(answer, "contenu")))


@override_settings(ROOT_URLCONF=__name__)
def test_a_defect_of_ours_tells_no_detail(gentle, login, world, settings):
    settings.PUBLIC_PAGES = {*settings.PUBLIC_PAGES, "broken"}

    answer = gentle.get("/casse/")

    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Rien n’a été enregistré" in plain(answer.text)


class TestWithoutADatabase:
    @pytest.fixture
    def down(self, transactional_db, monkeypatch):
        """A server that does not answer: the real driver, an address where nobody listens."""
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")
        yield
        monkeypatch.undo()
        connection.close()

    def test_a_visitor_still_reads_what_the_portal_is(self, down, client):
        assert client.get("/").status_code == 200

    def test_a_page_that_needs_it_says_when_to_come_back(self, down, gentle):
        gentle.cookies["sessionid"] = "x" * 32

        answer = gentle.get("/organisation/structures/")

        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "60"
        assert "momentanément indisponible" in plain(answer.text)

    def test_the_process_is_alive_but_not_ready(self, down, client):
        alive, ready = client.get("/sante/vivant/"), client.get("/sante/pret/")

        assert alive.status_code == 200
        assert ready.status_code == 503
        assert ready.json()["manque"] == ["base de données"]


def test_the_portal_is_ready_when_its_migrations_are_done(client, db):
    answer = client.get("/sante/pret/")

    assert answer.status_code == 200
    assert answer.json() == {"état": "prêt", "manque": []}


def test_it_is_not_ready_when_a_migration_waits(client, db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'habilitations'")

    answer = client.get("/sante/pret/")

    assert answer.status_code == 503
    assert answer.json()["manque"] == ["migrations"]


@pytest.mark.parametrize(("cookie", "status"), [("csrftoken=" + "a" * 32, 400), ("", 403)])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_ten_megabytes_sent_by_a_browser_get_a_page_and_not_a_cut_line(live_server, kind, cookie, status):
    start = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n' if "multipart" in kind else b"login="
    headers = {"Content-Type": kind, "Cookie": cookie}

    with closing(HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=20)) as line:
        line.request("POST", "/comptes/login/", body=start + b"x" * 10_000_000, headers=headers)
        answer = line.getresponse()
        text = plain(answer.read().decode())

    assert answer.status == status
    assert "Votre demande n’a pas pu être lue" in text or status == 403
