"""A login from a browser that never had opened the account is told to its owner (security, 6.3.5)."""

import re

import pytest

from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from users.login.devices import KEPT, MOST

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def person(db, now):
    return UserFactory(email="claire@example.org", last_login=now)


def browser():
    return StrictClient(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.1")


def log_in(client, person):
    client.post("/comptes/login/", {"login": person.email, "password": PASSWORD})
    return client


def told(mails, person):
    return [mail for mail in mails.to(person.email) if mail.kind == "users/new_device"]


def test_the_owner_is_told_when_where_and_what_to_do(person, mails):
    log_in(browser(), person)

    [mail] = told(mails, person)
    assert mail.subject == "Connexion depuis un nouvel appareil"
    assert "le 25/11/2026 à 10:30, heure de Paris" in mail.text
    assert "Firefox sur Linux, adresse réseau 192.0.2.1." in mail.text
    assert "/comptes/password/reset/" in mail.text


def test_a_browser_is_known_once_it_has_opened_the_account(person, mails):
    client = log_in(browser(), person)
    client.post("/comptes/logout/")
    log_in(client, person)

    assert len(told(mails, person)) == 1


def test_the_very_first_login_tells_nothing(db, mails):
    person = UserFactory()
    client = log_in(browser(), person)
    assert told(mails, person) == []
    client.post("/comptes/logout/")
    log_in(client, person)
    assert told(mails, person) == []

    log_in(browser(), person)
    assert len(told(mails, person)) == 1


def test_a_password_without_its_code_is_no_login(person, mails, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = log_in(browser(), person)
    assert told(mails, person) == []

    [code] = re.findall(r"^[0-9]{6}$", mails.to(person.email)[-1].text, re.MULTILINE)
    client.post("/comptes/2fa/code/", {"code": code})

    assert len(told(mails, person)) == 1


def test_a_refused_password_tells_nothing_and_marks_nothing(person, mails):
    client = browser()
    client.post("/comptes/login/", {"login": person.email, "password": "autre"})

    assert told(mails, person) == []
    assert "device" not in client.cookies


def test_a_browser_knows_each_of_its_accounts_the_last_five(db, now, mails):
    people = [UserFactory(last_login=now) for _ in range(MOST + 1)]
    client = browser()
    for person in people:
        log_in(client, person)
        client.post("/comptes/logout/")
    for person in (people[1], people[0]):
        log_in(client, person)
        client.post("/comptes/logout/")

    assert [len(told(mails, person)) for person in people] == [2, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("forged", ["", ".", "x" * 4000, "0" * 32, "é\x01"])
def test_a_forged_cookie_is_known_to_nobody(person, mails, forged):
    client = browser()
    client.cookies["device"] = forged

    assert log_in(client, person).get("/mon-compte/").status_code == 200
    assert len(told(mails, person)) == 1


def test_the_cookie_says_nothing_and_opens_nothing(person):
    client = log_in(browser(), person)
    cookie = client.cookies["device"]

    assert re.fullmatch(r"[0-9a-f]{32}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", KEPT.total_seconds())
    other = browser()
    other.cookies["device"] = cookie.value
    assert other.get("/mon-compte/").status_code == 302
