"""« Rouvrir mon compte » (domain, 2.8): the mailbox of an account that sleeps wakes it, for as long as it may."""

import re
from datetime import timedelta
from functools import partial

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.operations.returns import come_back
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import summary_of
from tests.support.races import race
from users.models import AccountState, LinkPurpose
from users.operations.links import LinkRefused, issue_link

URL, CONFIRM = "/comptes/retour/", "/comptes/retour/rouvrir/"
EMAIL = "claire@example.org"
ASLEEP = [AccountState.DESACTIVE, AccountState.INUTILISE]


@pytest.fixture
def asleep(db, now):
    def made(state=AccountState.DESACTIVE, since=now):
        return UserFactory(email=EMAIL, state=state, state_since=since, erasure_asked_at=since, warned_at=since)

    return made


def key_of(client, mails):
    client.post(URL, {"email": EMAIL})
    mails.run()
    [mail] = mails.to(EMAIL)
    return re.search(rf"{URL}([\w-]{{43}})/", mails.texts[mail.pk]).group(1)


@pytest.mark.parametrize("state", ASLEEP)
def test_the_account_acts_again_and_an_erasure_is_forgotten(client, asleep, mails, now, state):
    person = asleep(state)
    key = key_of(client, mails)

    client.get(f"{URL}{key}/")
    page = client.get(CONFIRM)
    answer = client.post(CONFIRM)

    person.refresh_from_db()
    assert EMAIL in page.text
    assert answer.headers["Location"] == "/comptes/login/"
    assert (person.state, person.erasure_asked_at, person.warned_at) == (AccountState.ACTIF, None, None)
    assert [mail.kind for mail in mails.to(EMAIL)][1:] == ["users/account_reopened"]
    [event] = Event.objects.about(person)
    assert (event.kind, event.actor_id) == ("account.reopened", person.public_id)
    assert client.post("/comptes/login/", {"login": EMAIL, "password": PASSWORD}).status_code == 302


def test_it_opens_no_session(client, asleep, mails):
    asleep()
    client.get(f"{URL}{key_of(client, mails)}/")
    client.post(CONFIRM)

    assert client.get("/mon-compte/").status_code == 302


def test_looking_at_the_page_opens_nothing(client, asleep, mails):
    person = asleep()
    client.get(f"{URL}{key_of(client, mails)}/")
    client.get(CONFIRM)

    person.refresh_from_db()
    assert person.state == AccountState.DESACTIVE


@pytest.mark.parametrize(
    ("state", "age", "kind"),
    [
        (AccountState.DESACTIVE, timedelta(days=30) - timedelta(seconds=1), "account_asleep"),
        (AccountState.DESACTIVE, timedelta(days=30), "account_closed_for_long"),
        (AccountState.INUTILISE, timedelta(days=360), "account_asleep"),
        (AccountState.SUSPENDU, timedelta(days=1), "account_suspended"),
        (AccountState.ACTIF, timedelta(days=1), "account_exists"),
    ],
)
def test_the_mail_says_whether_one_may(client, asleep, mails, now, state, age, kind):
    asleep(state, now - age)

    answer = client.post(URL, {"email": EMAIL})
    mails.run()

    assert answer.headers["Location"] == f"{URL}envoye/"
    assert [mail.kind for mail in mails] == [f"users/{kind}"]


def test_a_link_asked_for_in_time_serves_only_in_time(asleep, now):
    person = asleep(since=now - timedelta(days=30) + timedelta(minutes=1))
    key = issue_link(user=person, purpose=LinkPurpose.RETURN, at=now)

    with pytest.raises(LinkRefused):
        come_back(key=key, at=now + timedelta(minutes=1))


@pytest.mark.parametrize("state", [AccountState.SUSPENDU, AccountState.ACTIF, AccountState.ANONYMISE])
def test_a_link_opens_no_account_that_does_not_sleep(asleep, now, state):
    person = asleep()
    key = issue_link(user=person, purpose=LinkPurpose.RETURN, at=now)
    person.enter(state, at=now)

    with pytest.raises(LinkRefused):
        come_back(key=key, at=now)

    person.refresh_from_db()
    assert person.state == state


@pytest.mark.parametrize("age", [0, 61])
def test_a_link_serves_once_and_for_an_hour(client, asleep, mails, clock, age):
    asleep()
    key = key_of(client, mails)
    clock.shift(timedelta(minutes=age))
    if not age:
        client.get(f"{URL}{key}/")
        client.post(CONFIRM)

    client.get(f"{URL}{key}/")
    answers = [client.get(CONFIRM), client.post(CONFIRM)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert f'action="{URL}"' in answers[0].text


@pytest.mark.parametrize("typed", ["", "claire", "é@example.org"])
def test_what_is_no_address_is_refused_in_words(client, db, typed):
    answer = client.post(URL, {"email": typed})

    assert answer.status_code == 422
    assert summary_of(answer)


def test_of_two_clicks_at_once_one_alone_serves(transactional_db, asleep, now):
    key = issue_link(user=asleep(), purpose=LinkPurpose.RETURN, at=now)

    outcomes = race(*[partial(come_back, key=key, at=now)] * 2)

    assert sum(isinstance(one, LinkRefused) for one in outcomes) == 1


def test_the_login_page_leads_there(db):
    assert f'href="{URL}"' in StrictClient().get("/comptes/login/").text
