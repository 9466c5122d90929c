"""What a visitor asks about an address: the page never tells, the mail tells the truth (security, 6.3.8)."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.core import mail as django_mail
from django.core.signing import TimestampSigner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support.factories import UserFactory
from users.models import AccountRequest, AccountState, AskedFor, LoginCounter, User
from users.operations.requests import answer, ask
from users.tasks import answer_late

EMAIL = "claire@example.org"
STATES = [None, *AccountState]
ASKED = {
    AskedFor.CREATION: "/comptes/signup/",
    AskedFor.ACTIVATION: "/comptes/activation/",
    AskedFor.PASSWORD: "/comptes/password/reset/",
    AskedFor.RETURN: "/comptes/retour/",
}
TRUTHS = {
    (AskedFor.CREATION, None): "activation",
    (AskedFor.CREATION, AccountState.A_ACTIVER): "activation",
    (AskedFor.CREATION, AccountState.ACTIF): "account_exists",
    (AskedFor.CREATION, AccountState.INUTILISE): "account_asleep",
    (AskedFor.CREATION, AccountState.SUSPENDU): "account_suspended",
    (AskedFor.ACTIVATION, None): "unknown_account",
    (AskedFor.ACTIVATION, AccountState.A_ACTIVER): "activation",
    (AskedFor.ACTIVATION, AccountState.ACTIF): "account_exists",
    (AskedFor.ACTIVATION, AccountState.SUSPENDU): "account_suspended",
    (AskedFor.PASSWORD, None): "unknown_account",
    (AskedFor.PASSWORD, AccountState.A_ACTIVER): "activation",
    (AskedFor.PASSWORD, AccountState.ACTIF): "password_reset",
    (AskedFor.PASSWORD, AccountState.SUSPENDU): "account_suspended",
    (AskedFor.PASSWORD, AccountState.INUTILISE): "account_asleep",
    (AskedFor.RETURN, None): "unknown_account",
    (AskedFor.RETURN, AccountState.A_ACTIVER): "activation",
    (AskedFor.RETURN, AccountState.ANONYMISE): "unknown_account",
}


@pytest.fixture
def account(db):
    def made(state):
        return state and UserFactory(email=EMAIL, state=state)

    return made


@pytest.fixture
def form(clock):
    opened = TimestampSigner(salt="trap").sign("")
    clock.shift(10)
    person = {"last_name": "Vasseur", "first_name": "Claire", "terms": "on", "opened": opened}
    return {"email": EMAIL, "phone": "", "contact_email": "", "website": "", **person}


@pytest.mark.parametrize("asked_for", ASKED)
def test_the_page_is_the_same_whatever_the_account(client, account, form, asked_for, monkeypatch):
    hashed = []
    for hasher in hashers.get_hashers():
        monkeypatch.setattr(type(hasher), "encode", lambda *args, **kwargs: hashed.append(1))
    seen = []
    for state in (None, *AccountState):
        User.objects.all().delete()
        LoginCounter.objects.all().delete()
        if state:
            User(email=EMAIL, contact_email=EMAIL, state=state, created_at="2022-02-21T08:00Z").save()
        visitor = type(client)()
        visitor.get("/comptes/login/")
        with CaptureQueriesContext(connection) as queries:
            answered = visitor.post(ASKED[asked_for], form)
        statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        page = visitor.get(answered.headers["Location"]).text
        seen.append(
            (answered.status_code, answered.headers["Location"], statements, re.sub(r'value="\w{64}"', "", page))
        )

    assert all(one == seen[0] for one in seen)
    assert not hashed


@pytest.mark.parametrize(("asked_for", "state"), TRUTHS)
def test_the_mail_tells_the_truth(account, mails, now, asked_for, state):
    account(state)
    details = {"last_name": "V", "first_name": "C", "phone": "", "contact_email": ""}
    ask(
        asked_for=asked_for,
        email=EMAIL,
        address="203.0.113.7",
        at=now,
        **(details if asked_for == AskedFor.CREATION else {}),
    )

    mails.run()

    [mail] = mails
    assert (mail.kind, mail.recipient) == (f"users/{TRUTHS[asked_for, state]}", EMAIL)
    assert mail.sent_at
    assert len(django_mail.outbox) == 1


def test_asking_again_before_activation_changes_nothing_of_what_the_first_said(account, mails, now):
    """Each link carries what its own request said (`test_create_account.py`)."""
    first = account(AccountState.A_ACTIVER)
    details = {"last_name": "Nouveau", "first_name": "Nom", "phone": "", "contact_email": "autre@example.org"}

    ask(asked_for=AskedFor.CREATION, email=EMAIL, address="203.0.113.7", at=now, **details)
    mails.run()

    person = User.objects.get()
    assert (person.get_full_name(), person.contact_email) == (first.get_full_name(), first.contact_email)
    assert person.links.get(used_at=None).details == details


def test_a_request_is_answered_once(db, mails, now):
    ask(asked_for=AskedFor.PASSWORD, email=EMAIL, address="203.0.113.7", at=now)
    pk = AccountRequest.objects.get().pk

    for _ in range(2):
        answer(request_id=pk, at=now)

    assert len(mails) == 1


def test_a_request_whose_worker_died_is_answered_a_little_later(db, mails, now):
    ask(asked_for=AskedFor.PASSWORD, email=EMAIL, address="203.0.113.7", at=now)

    answer_late(at=now + timedelta(seconds=30))
    assert not mails
    answer_late(at=now + timedelta(seconds=31))
    assert len(mails) == 1


def test_a_request_that_cannot_be_answered_keeps_no_other_waiting(db, mails, now):
    AccountRequest.objects.create(asked_for=AskedFor.CREATION, email="x@example.org", details={}, created_at=now)
    ask(asked_for=AskedFor.PASSWORD, email=EMAIL, address="203.0.113.7", at=now)

    answer_late(at=now + timedelta(seconds=31))

    assert [mail.recipient for mail in mails] == [EMAIL]


def test_asking_for_one_thing_leaves_the_others(db, now):
    for _ in range(5):
        ask(asked_for=AskedFor.ACTIVATION, email=EMAIL, address="203.0.113.7", at=now)

    assert ask(asked_for=AskedFor.PASSWORD, email=EMAIL, address="203.0.113.7", at=now)


@pytest.mark.parametrize("state", [None, AccountState.ACTIF])
def test_the_owner_is_told_of_a_lock_and_nobody_else(client, account, mails, state):
    account(state)
    for _ in range(6):
        client.post("/comptes/login/", {"login": EMAIL, "password": "faux"})

    mails.run()

    assert [mail.kind for mail in mails] == (["users/login_locked"] if state else [])
    for mail in mails:
        assert "à partir de 11:30" in mails.texts[mail.pk]
