"""The security log: a line for what is tried at the doors, which nobody can forge (security, 16.3, 16.4.1)."""

import logging
import re

import pytest

from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.proconnect import callback
from users.operations.second_factor.factors import add_application

LOGIN, CODE = "/comptes/login/", "/comptes/2fa/code/"
EMAIL = "claire@example.org"
EVIL = 'x\n{"level": "INFO"}\x1b[31m'


@pytest.fixture
def person(db):
    return UserFactory(email=EMAIL)


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="security")

    def told():
        return [record.getMessage() for record in caplog.records if record.name == "security"]

    return told


def log_in(client, email=EMAIL, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def names(lines):
    return [line.split()[0] for line in lines]


def test_a_login_and_a_logout_are_told_by_public_id(client, person, lines):
    log_in(client)
    client.post("/comptes/logout/")

    assert names(lines()) == ["login.password_accepted", "login.done", "logout.done"]
    assert lines()[1] == f"login.done page=account_login account={person.public_id} network=127.0.0.1"


def test_a_refused_password_then_a_lock_are_told_without_what_was_typed(client, person, lines):
    for _ in range(6):
        log_in(client, password="motdepassefaux")

    assert names(lines()) == ["login.password_refused"] * 5 + ["login.password_locked"]
    assert lines()[0] == "login.password_refused page=account_login account=- network=127.0.0.1"
    assert "motdepassefaux" not in " ".join(lines())


def test_the_second_factor_is_told_with_what_gave_it(client, person, lines, settings, mails):
    settings.SECOND_FACTOR_REQUIRED = True
    log_in(client)
    code = re.search(r"^[0-9]{6}$", mails.to(EMAIL)[0].text, re.MULTILINE).group()
    client.post(CODE, {"code": f"{(int(code) + 1) % 10**6:06}"})
    client.post(CODE, {"code": code})

    assert names(lines())[1:] == ["login.factor_refused", "login.factor_accepted", "login.done"]
    assert f"account={person.public_id}" in lines()[1]
    assert lines()[1].endswith("factor=code")
    assert code not in " ".join(lines())


def test_a_lock_on_codes_is_told(client, person, lines, now):
    add_application(user_id=person.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    log_in(client)
    for _ in range(6):
        client.post("/comptes/2fa/authenticate/", {"code": "000000"})

    assert names(lines())[-1] == "login.factor_locked"


def test_too_many_requests_are_told(client, db, lines):
    for _ in range(6):
        client.post("/comptes/password/reset/", {"email": EMAIL})

    assert names(lines()) == ["request.limit_locked"]


def test_a_page_that_one_may_not_use_is_told(login, world, lines):
    member = world.person("member")
    login(member).get("/organisation/structures/services/creer/")

    assert lines() == [f"page.refused page=services:create account={member.public_id} network=127.0.0.1"]


def test_a_form_without_its_token_is_told(db, lines):
    StrictClient(enforce_csrf_checks=True).post(LOGIN, {"login": EMAIL, "password": PASSWORD})

    assert names(lines()) == ["form.token_refused"]


def test_proconnect_that_is_refused_is_told(client, db, lines, settings):
    settings.PROCONNECT_ISSUER, settings.PROCONNECT_CLIENT_ID = "https://proconnect.example.org", "chorus"
    client.get(callback({"error": EVIL, "error_description": EVIL, "state": EVIL}))

    assert lines() == ["login.proconnect_refused page=proconnect_return account=- network=127.0.0.1 status=400"]


@pytest.mark.parametrize("header", ["HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_X_FORWARDED_FOR"])
def test_nobody_forges_a_line(client, person, lines, header):
    log_in(client, email=EVIL, password=EVIL, **{header: EVIL})
    log_in(client, password=EVIL, **{header: EVIL})
    StrictClient(enforce_csrf_checks=True).post("/comptes/activation/%0Aevil/", {"a": EVIL}, **{header: EVIL})

    assert lines()
    assert not [line for line in lines() if re.search(r"[\x00-\x1f]|level|evil", line)]
