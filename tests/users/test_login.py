"""« Connexion » (guide, section 1) and leaving, through the screens."""

import re
from datetime import timedelta

import pytest
import time_machine

from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import plain, summary_of
from users.models import AccountState, User

URL = "/comptes/login/"
WRONG = re.compile(r"incorrect", re.IGNORECASE)


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


def log_in(client, login="claire@example.org", password=PASSWORD, **extra):
    return client.post(URL, {"login": login, "password": password}, **extra)


def is_logged_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["claire@example.org", "Claire@Example.ORG", "  claire@example.org "])
def test_a_person_logs_in_however_the_address_is_typed(client, person, typed):
    answer = log_in(client, typed)

    assert answer.headers["Location"] == "/"
    assert is_logged_in(client)


def test_the_way_back_is_kept(client, person):
    asked = client.get("/organisation/structures/")

    answer = client.post(asked.headers["Location"], {"login": person.email, "password": PASSWORD})

    assert answer.headers["Location"] == "/organisation/structures/"


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_portal(client, person, evil):
    answer = client.post(URL, {"login": person.email, "password": PASSWORD, "next": evil})

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("login", "password"),
    [("claire@example.org", "faux"), ("inconnue@example.org", PASSWORD), ("claire@example.org", PASSWORD + " ")],
)
def test_a_wrong_identifier_and_a_wrong_password_answer_alike(client, person, login, password):
    answer = log_in(client, login, password)

    assert answer.status_code == 422
    [line] = summary_of(answer)
    assert WRONG.search(line)
    assert not is_logged_in(client)


def test_an_inactive_account_answers_like_an_unknown_one(client, person):
    unknown = log_in(client, "inconnue@example.org")
    User.objects.filter(pk=person.pk).update(state=AccountState.SUSPENDU)

    inactive = log_in(client)

    assert inactive.status_code == 422
    assert summary_of(inactive) == summary_of(unknown)


@pytest.mark.parametrize(
    "login", ["", "pas une adresse", "clàire@example.org", "a\x00@example.org", "a" * 300 + "@example.org"]
)
def test_bad_input_is_a_sentence(client, person, login):
    answer = log_in(client, login)

    assert answer.status_code == 422
    assert summary_of(answer)


def test_a_password_that_is_too_long_is_not_even_hashed(client, person):
    assert log_in(client, password="x" * 100_000).status_code == 422


def test_five_failures_block_for_an_hour_and_say_until_when(client, person, now):
    with time_machine.travel(now.replace(minute=42), tick=False):
        for _ in range(5):
            log_in(client, password="faux")
        blocked = log_in(client)

    assert blocked.status_code == 429
    assert blocked.headers["Retry-After"] == "3600"
    assert summary_of(blocked) == [
        "Connexion bloquée. Trop d’essais : vous pourrez vous connecter à partir de 11:42. "
        "« Mot de passe oublié ? » vous ouvre votre compte sans attendre."
    ]
    assert not is_logged_in(client)
    with time_machine.travel(now.replace(minute=42) + timedelta(minutes=59), tick=False):
        assert log_in(client).status_code == 429
    with time_machine.travel(now.replace(minute=42) + timedelta(minutes=60), tick=False):
        assert log_in(client).status_code == 302


def test_a_lock_from_one_network_does_not_freeze_the_owner_on_another(client, person):
    for _ in range(6):
        log_in(client, password="faux", REMOTE_ADDR="192.0.2.66")

    answer = log_in(client, REMOTE_ADDR="198.51.100.7")

    assert answer.status_code == 302


def test_a_forged_header_does_not_escape_the_lock(client, person):
    for n in range(5):
        log_in(client, password="faux", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")

    assert log_in(client, HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


def test_the_session_is_a_new_one_and_dies_with_logout(client, person):
    client.get("/")
    log_in(client)
    first = client.cookies["sessionid"].value

    answer = client.post("/comptes/logout/")

    assert answer.headers["Location"] == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["sessionid"] = first
    assert client.get("/organisation/structures/").status_code == 302


def test_leaving_is_asked_before_it_is_done(client, person):
    log_in(client)

    answer = client.get("/comptes/logout/")

    assert answer.status_code == 200
    assert is_logged_in(client)
    assert "Se déconnecter" in plain(answer.text)


def test_a_suspended_person_is_out_at_the_next_click(client, person):
    log_in(client)
    User.objects.filter(pk=person.pk).update(state=AccountState.SUSPENDU)

    assert client.get("/organisation/structures/").headers["Location"].startswith(URL)


def test_htmx_after_the_session_is_over_goes_to_login_as_a_whole_page(client, person):
    answer = client.post(
        "/organisation/structures/services/creer/",
        {"choisir": "1"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/organisation/structures/services/creer/"},
    )

    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/comptes/login/?next=%2Forganisation%2Fstructures%2Fservices%2Fcreer%2F"


@pytest.mark.parametrize("address", ["email/", "2fa/webauthn/", "login/code/"])
def test_what_is_not_built_of_accounts_is_not_found(client, db, address):
    assert client.get(f"/comptes/{address}").status_code == 404


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://testserver/organisation/?vue=2", "%2Forganisation%2F%3Fvue%3D2"),
        ("https://ailleurs.example/organisation/", "%2Fmon-compte%2F"),
        ("", "%2Fmon-compte%2F"),
    ],
)
def test_htmx_comes_back_to_the_page_that_it_stood_on_if_it_is_of_this_site(client, db, current, back):
    answer = client.get("/mon-compte/", headers={"HX-Request": "true", "HX-Current-URL": current})

    assert answer.headers["HX-Redirect"] == f"/comptes/login/?next={back}"


def test_strangers_do_not_lock_out_the_browser_that_the_account_knows(client, person):
    log_in(client)
    client.post("/comptes/logout/")
    for number in range(20):
        for _ in range(5):
            log_in(StrictClient(), password="faux", REMOTE_ADDR=f"198.51.{number}.7")
    assert log_in(StrictClient()).status_code == 429

    log_in(client)

    assert is_logged_in(client)


@pytest.mark.parametrize("said", ["unknown", "", "_hidden", "203.0.113.7:80, x"])
def test_a_visitor_whose_address_the_proxy_does_not_know_counts_as_the_proxy(client, person, settings, said):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    for _ in range(5):
        refused = log_in(client, password="faux", headers={"X-Forwarded-For": said})
    assert refused.status_code == 422

    assert log_in(client, headers={"X-Forwarded-For": said}).status_code == 429
