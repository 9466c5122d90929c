"""« Télécharger mes données » (domain, 11; RGPD, 15 and 20): all that is known of oneself, and nothing of others."""

import json
import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.operations.personal_data import take_data
from habilitations.operations.attachments import attach
from tests.support.factories import PASSWORD, ServiceFactory, StructureFactory, UserFactory
from tests.support.pages import plain
from tests.support.people import make_member
from users.models import User
from users.notifications import account_erased
from users.operations.second_factor.factors import add_application

URL = "/mon-compte/donnees/"
QUERIES = 24


@pytest.fixture
def gp(world):
    user = world.person("gp")
    User.objects.filter(pk=user.pk).update(phone="01 23 45 67 89", first_name="<b>Claire</b>")
    return User.objects.get(pk=user.pk)


@pytest.fixture
def inside(client, gp):
    client.post("/comptes/login/", {"login": gp.email, "password": PASSWORD})
    return client


@pytest.fixture
def taken(inside):
    def take():
        answer = inside.post(URL)
        with ZipFile(BytesIO(answer.content)) as file:
            return {name: file.read(name).decode() for name in file.namelist()}

    return take


def test_the_file_is_an_archive_that_no_cache_keeps(inside):
    answer = inside.post(URL)

    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mes-donnees-2026-11-25.zip"'
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_says_what_is_known_for_machines_and_for_people(taken, gp, world):
    files = taken()
    told = json.loads(files["donnees.json"])
    page = plain(files["donnees.html"])

    [account] = told["votre_compte"]
    assert (account["adresse électronique de connexion"], account["téléphone"]) == (gp.email, "01 23 45 67 89")
    assert told["les_structures_que_vous_gerez"] == [
        {"identifiant": world.structure.identifier, "raison sociale": "BANQUE DE FRANCE"}
    ]
    assert {row["structure"] for row in told["vos_rattachements"]} == {str(world.structure)}
    assert "Organisation modification" in {row["profil"] for row in told["vos_habilitations"]}
    assert "gestionnaire principal désigné" in {row["décision"] for row in told["votre_historique"]}
    for text in (gp.email, "BANQUE DE FRANCE", "01 23 45 67 89", "gestionnaire principal désigné", "25/11/2026 10:30"):
        assert text in page
    assert 'href="donnees.css"' in page
    assert "donnees.css" in files


def test_what_was_typed_is_text_in_the_page(taken):
    page = taken()["donnees.html"]

    assert "&lt;b&gt;Claire&lt;/b&gt;" in page
    assert "<b>Claire" not in page


def test_it_says_nothing_of_others(taken, gp, world, now):
    other = make_member(world.structure)
    Event.objects.record("profiles.granted", by=gp, subject=other, scope=world.structure, at=now, profiles=["X"])

    files = "".join(taken().values())

    assert other.email not in files
    assert str(other.public_id) not in files
    assert json.loads(taken()["donnees.json"])["votre_historique"][-2]["détails"] == {}


def test_an_address_that_was_not_confirmed_tells_nothing_of_its_owner(taken, gp, now):
    other = UserFactory()
    account_erased(other.email, at=now)
    User.objects.filter(pk=gp.pk).update(contact_email=other.email, contact_confirmed_at=None)

    assert json.loads(taken()["donnees.json"])["les_courriels_que_vous_avez_recus"] == []


def test_no_secret_goes_along(gp, now):
    add_application(user_id=gp.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    gp.refresh_from_db()

    with ZipFile(BytesIO(take_data(by=gp, at=now))) as file:
        files = "".join(file.read(name).decode() for name in file.namelist())

    assert gp.password not in files
    assert "JBSWY3DPEHPK3PXP" not in files
    assert not re.search(r"hashes|sessionid|argon2", files)


def test_taking_it_is_part_of_the_history(taken, gp):
    taken()

    assert (
        json.loads(taken()["donnees.json"])["votre_historique"][-1]["décision"] == "données personnelles téléchargées"
    )
    assert Event.objects.filter(kind="data.taken", subject_id=gp.public_id).count() == 2


def test_looking_at_the_page_takes_nothing(inside, gp):
    assert "Télécharger mes données" in inside.get(URL).text
    assert not Event.objects.filter(kind="data.taken").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_proof_of_the_last_five_minutes_is_asked_for(inside, clock, method):
    clock.shift(timedelta(minutes=6))

    assert getattr(inside, method)(URL).headers["Location"].startswith("/comptes/reauthenticate/")


def test_a_new_account_has_little_to_say(client, db):
    person = UserFactory()
    client.post("/comptes/login/", {"login": person.email, "password": PASSWORD})

    with ZipFile(BytesIO(client.post(URL).content)) as file:
        assert "Rien." in file.read("donnees.html").decode()


def test_a_long_history_takes_no_more_queries(inside, gp, world, now, django_assert_num_queries):
    def take():
        with django_assert_num_queries(QUERIES):
            assert inside.post(URL).status_code == 200

    inside.post(URL)
    take()
    for _ in range(10):
        attach(user_id=gp.pk, structure_id=StructureFactory().pk, by=None, at=now)
        service = ServiceFactory(structure=world.structure)
        attach(user_id=gp.pk, structure_id=world.structure.pk, service_id=service.pk, by=None, at=now)
    take()
