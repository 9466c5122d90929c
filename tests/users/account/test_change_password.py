"""« Changer mon mot de passe »: with the current one, which counts in the lock of logins."""

import pytest
from django.test import Client

from chorus_org.kernel.journal.models import Event
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import error_of, summary_of

URL = "/mon-compte/mot-de-passe/"
NEW = "bateau violet dans la brume"


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


@pytest.fixture
def claire(client, person):
    log_in(client, PASSWORD)
    return client


def change(client, current=PASSWORD, first=NEW, second=None):
    return client.post(URL, {"current_password": current, "password1": first, "password2": second or first})


def log_in(client, password):
    return client.post("/comptes/login/", {"login": "claire@example.org", "password": password})


def test_the_password_changes_and_its_owner_is_told(claire, person, mails):
    answer = change(claire)

    person.refresh_from_db()
    assert answer.headers["Location"] == "/mon-compte/"
    assert person.check_password(NEW)
    [mail] = mails.to("claire@example.org")
    assert mail.kind == "users/password_changed"
    assert [event.kind for event in Event.objects.about(person)] == ["password.changed"]


def test_a_proof_of_the_last_five_minutes_is_asked_for(claire, person, clock):
    clock.shift(301)

    assert change(claire).headers["Location"].startswith("/comptes/reauthenticate/")
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_this_session_goes_on_under_a_new_id_and_the_others_end(claire, person):
    elsewhere: Client = StrictClient()
    log_in(elsewhere, PASSWORD)
    claire.get("/mon-compte/")
    former = claire.cookies["sessionid"].value

    change(claire)

    assert claire.get("/mon-compte/").status_code == 200
    assert claire.cookies["sessionid"].value != former
    assert elsewhere.get("/mon-compte/").status_code == 302
    assert elsewhere.get("/mon-compte/", headers={"HX-Request": "true"}).headers["HX-Redirect"]
    claire.cookies["sessionid"] = former
    assert claire.get("/mon-compte/").status_code == 302


def test_a_wrong_current_password_changes_nothing_and_is_said(claire, person, mails):
    answer = change(claire, current="faux")

    assert answer.status_code == 422
    assert error_of(answer, "current_password").startswith("Ce n’est pas votre mot de passe actuel")
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not mails


def test_wrong_ones_count_in_the_lock_of_logins(claire, person):
    statuses = [change(claire, current="faux").status_code for _ in range(5)]

    blocked = change(claire)
    assert statuses == [422] * 5
    assert blocked.status_code == 429
    assert "vous pourrez vous connecter à partir de" in " ".join(summary_of(blocked))
    claire.post("/comptes/logout/")
    assert log_in(claire, PASSWORD).status_code == 429
    assert log_in(StrictClient(), PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("court", None, "12 à 128 caractères"),
        ("Bonjour2026!!", None, "se devine"),
        (NEW, "autre chose", "diffèrent"),
        ("claire@example.org", None, ""),
    ],
)
def test_a_weak_password_is_refused_in_words_and_sent_back_to_nobody(claire, person, first, second, sentence):
    answer = change(claire, first=first, second=second)

    assert answer.status_code == 422
    assert sentence in " ".join(summary_of(answer))
    assert f'value="{first}"' not in answer.text
    assert f'value="{PASSWORD}"' not in answer.text


def test_nobody_changes_it_without_a_session(client, person):
    assert change(client).status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
