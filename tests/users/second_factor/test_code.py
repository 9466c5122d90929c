"""The code by mail: between the password and the session, there is nothing but it."""

import re
from datetime import timedelta
from functools import partial

import pytest

from chorus_org.operators.operations.lifecycle import suspend_account
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import error_of, plain, summary_of
from tests.support.races import race
from users.models import AccountState, LinkPurpose, LoginCounter, User
from users.operations.links import issue_link
from users.operations.login import count_try
from users.operations.passwords import change_password
from users.operations.second_factor.codes import CodeRefused, send_code, spend_code

LOGIN, URL = "/comptes/login/", "/comptes/2fa/code/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org", contact_email="ailleurs@example.org")


def log_in(client, **extra):
    return client.post(LOGIN, {"login": "claire@example.org", "password": PASSWORD}, **extra)


def code_of(mail):
    [code] = re.findall(r"^[0-9]{6}$", mail.text, re.MULTILINE)
    return code


def last_code(mails):
    return code_of([mail for mail in mails.to("claire@example.org") if mail.kind == "users/login_code"][-1])


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_logged_in(client):
    return "_auth_user_id" in client.session


def test_the_password_sends_a_code_to_the_login_address_and_opens_nothing(client, person, mails):
    answer = log_in(client)
    page = client.get(answer.headers["Location"])

    assert answer.headers["Location"] == URL
    assert [(mail.kind, mail.recipient) for mail in mails] == [("users/login_code", person.email)]
    assert 'autocomplete="one-time-code"' in page.text
    assert 'inputmode="numeric"' in page.text
    assert last_code(mails) not in page.text
    assert not is_logged_in(client)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_the_code_opens_the_session_and_keeps_the_way_back(client, person, mails, typed):
    log_in(client, query_params={"next": "/organisation/structures/"})
    before = client.cookies["sessionid"].value

    answer = client.post(URL, {"code": typed.format(last_code(mails))})

    assert answer.headers["Location"] == "/organisation/structures/"
    assert client.get("/organisation/structures/").status_code == 200
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(
    "address", ["/organisation/structures/", "/comptes/2fa/", "/comptes/reauthenticate/", "/admin/"]
)
def test_nothing_is_reachable_before_the_code(client, person, address):
    log_in(client)

    assert client.get(address).headers["Location"].startswith(LOGIN)


@pytest.mark.parametrize("address", [URL, "/comptes/2fa/authenticate/"])
def test_without_a_password_there_is_no_page_of_codes(client, db, address):
    assert client.get(address).headers["Location"] == LOGIN
    assert client.post(address, {"code": "123456"}).headers["Location"] == LOGIN


def test_it_is_not_asked_where_it_is_not_required(client, person, settings, mails):
    settings.SECOND_FACTOR_REQUIRED = False

    assert log_in(client).headers["Location"] == "/"
    assert not mails


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "x" * 50])
def test_what_is_no_code_is_told_and_not_counted(client, person, typed):
    log_in(client)
    before = list(LoginCounter.objects.order_by("key").values())

    answer = client.post(URL, {"code": typed})

    assert answer.status_code == 422
    assert error_of(answer, "code")
    assert list(LoginCounter.objects.order_by("key").values()) == before


def test_a_wrong_code_is_told(client, person, mails):
    log_in(client)

    answer = client.post(URL, {"code": wrong(last_code(mails))})

    assert answer.status_code == 422
    assert error_of(answer, "code").startswith("Ce code n’est pas le bon")
    assert not is_logged_in(client)


def test_five_wrong_codes_end_the_login_and_a_new_login_does_not_forgive_them(client, person, mails, clock):
    log_in(client)
    code = last_code(mails)
    statuses = [client.post(URL, {"code": wrong(code)}).status_code for _ in range(5)]
    after = client.post(URL, {"code": code})
    clock.shift(60)
    log_in(client)

    again = client.post(URL, {"code": last_code(mails)})

    assert statuses == [422] * 4 + [429]
    assert after.headers["Location"] == LOGIN
    assert again.status_code == 429
    assert summary_of(again) == ["Connexion bloquée. Trop d’essais : vous pourrez vous connecter à partir de 11:30."]
    assert not is_logged_in(client)


def test_four_wrong_codes_and_a_new_login_leave_one_try(client, person, mails, clock):
    log_in(client)
    for _ in range(4):
        client.post(URL, {"code": wrong(last_code(mails))})
    client.post(URL, {"action": "cancel"})
    clock.shift(60)
    log_in(client)

    assert client.post(URL, {"code": wrong(last_code(mails))}).status_code == 422
    assert client.post(URL, {"code": last_code(mails)}).status_code == 429


def test_the_owner_is_told_that_somebody_tries_codes(client, person, mails):
    log_in(client)
    code = last_code(mails)
    for number in range(5):
        assert "users/codes_locked" not in [mail.kind for mail in mails], number
        client.post(URL, {"code": wrong(code)})

    [told] = [mail for mail in mails if mail.kind == "users/codes_locked"]
    assert told.recipient == person.email
    assert "Quelqu’un connaît sans doute votre mot de passe" in told.text
    assert "à partir de 11:30" in told.text


def test_the_failures_of_a_network_do_not_keep_a_right_code_out(client, person, mails, now):
    log_in(client)
    for number in range(100):
        count_try(email=f"{number}@example.org", address="127.0.0.1", at=now)

    assert client.post(URL, {"code": last_code(mails)}).headers["Location"] == "/"


def test_the_lock_of_codes_leaves_other_networks_alone(client, person, mails, clock):
    log_in(client)
    for _ in range(5):
        client.post(URL, {"code": wrong(last_code(mails))})
    clock.shift(60)
    log_in(client, REMOTE_ADDR="198.51.100.7")

    assert client.post(URL, {"code": last_code(mails)}, REMOTE_ADDR="198.51.100.7").headers["Location"] == "/"


@pytest.mark.parametrize(("seconds", "opens"), [(600, True), (601, False)])
def test_it_lives_ten_minutes(client, person, mails, clock, seconds, opens):
    log_in(client)
    clock.shift(seconds)

    answer = client.post(URL, {"code": last_code(mails)})

    assert is_logged_in(client) == opens
    if not opens:
        assert "10 minutes" in client.get(answer.headers["Location"]).text


def test_it_serves_once(client, person, mails):
    log_in(client)
    twin, code = type(client)(), last_code(mails)
    session = twin.session  # the same login under way, as a second request at the same moment has it
    session.update(client.session.items())
    session.save()

    assert client.post(URL, {"code": code}).headers["Location"] == "/"
    assert twin.post(URL, {"code": code}).status_code == 422


def test_it_opens_the_session_that_asked_for_it_only(client, person, mails, clock):
    other = type(client)()
    log_in(other)
    code = last_code(mails)
    clock.shift(60)
    log_in(client)

    assert client.post(URL, {"code": code}).status_code == 422


def test_a_new_code_kills_the_former_and_lives_ten_minutes_in_its_turn(client, person, mails, clock):
    log_in(client)
    first = last_code(mails)
    clock.shift(540)
    answer = client.post(URL, {"action": "resend"})
    clock.shift(540)

    assert answer.headers["Location"] == URL
    assert "annule le précédent" in client.get(URL).text
    assert client.post(URL, {"code": first}).status_code == 422
    assert client.post(URL, {"code": last_code(mails)}).headers["Location"] == "/"


@pytest.mark.parametrize(("seconds", "status"), [(0, 429), (59, 429), (60, 302)])
def test_a_new_code_leaves_once_a_minute(client, person, mails, clock, seconds, status):
    log_in(client)
    clock.shift(seconds)

    answer = client.post(URL, {"action": "resend"})

    assert answer.status_code == status
    assert status == 302 or "Aucun code n’est parti : vous pourrez en recevoir un autre à partir de 10:31." in plain(
        answer.text
    )
    assert client.post(URL, {"code": last_code(mails)}).headers["Location"] == "/"


def test_five_codes_leave_an_hour_whatever_the_session(client, person, mails, clock):
    for _ in range(5):
        log_in(type(client)())
        clock.shift(60)
    answer = log_in(client)

    page = client.get(answer.headers["Location"])

    assert len(mails) == 5
    assert "Aucun code n’est parti" in page.text
    assert "Demandez un code" in page.text
    assert client.post(URL, {"code": "000000"}).status_code == 422
    clock.shift(timedelta(minutes=59))
    log_in(client)
    assert client.post(URL, {"code": last_code(mails)}).headers["Location"] == "/"


def test_giving_up_leads_back_to_the_password(client, person, mails):
    log_in(client)

    assert client.post(URL, {"action": "cancel"}).headers["Location"] == LOGIN
    assert client.post(URL, {"code": last_code(mails)}).headers["Location"] == LOGIN


def test_reading_the_page_acts_on_nothing(client, person, mails):
    log_in(client)
    for query in ("", "?action=resend", "?action=cancel", f"?code={last_code(mails)}"):
        assert client.get(URL + query).status_code == 200

    assert len(mails) == 1
    assert not is_logged_in(client)


def test_a_reset_does_not_go_round_it(client, person, mails):
    client.post("/comptes/password/reset/", {"email": person.email})
    mails.run()
    [key] = re.findall(r"/comptes/password/reset/([\w-]{43})/", mails.texts[mails.to(person.email)[0].pk])
    client.get(f"/comptes/password/reset/{key}/")

    answer = client.post("/comptes/password/reset/nouveau/", {"password1": PASSWORD, "password2": PASSWORD})

    assert answer.headers["Location"] == URL
    assert not is_logged_in(client)


def test_of_two_codes_asked_at_once_one_leaves(transactional_db, now, mails):
    person = UserFactory()

    outcomes = race(*[partial(send_code, user=person, at=now)] * 2)

    assert sorted(isinstance(outcome, CodeRefused) for outcome in outcomes) == [False, True]
    assert len(mails) == 1


def test_a_code_sent_twice_at_once_serves_once(transactional_db, now):
    person = UserFactory()

    assert sorted(race(*[partial(spend_code, user=person, code="123456", at=now)] * 6)) == [False] * 5 + [True]


@pytest.mark.parametrize("change", ["password", "email", "state"])
def test_a_login_that_waits_for_its_code_ends_when_the_account_changes(client, person, mails, now, change):
    log_in(client)
    code = last_code(mails)
    if change == "password":
        change_password(user_id=person.pk, password="bateau violet dans la brume", at=now)
    elif change == "email":
        User.objects.filter(pk=person.pk).update(email="nouvelle@example.org")
    else:
        suspend_account(user_id=person.pk, by=None, at=now)

    answer = client.post(URL, {"code": code}, follow=True)

    assert answer.redirect_chain == [(LOGIN, 302)]
    assert "Votre compte a changé pendant cette connexion" in answer.text
    assert not is_logged_in(client)
    assert client.get(URL).headers["Location"] == LOGIN


def test_activation_asks_for_the_code_before_the_session(client, mails, now):
    person = UserFactory(email="claire@example.org", state=AccountState.A_ACTIVER)
    key = issue_link(user=person, purpose=LinkPurpose.ACTIVATION, at=now)
    client.get(f"/comptes/activation/{key}/")

    answer = client.post("/comptes/activation/mot-de-passe/", {"password1": PASSWORD, "password2": PASSWORD})

    assert answer.headers["Location"] == URL
    assert not is_logged_in(client)
    assert client.post(URL, {"code": last_code(mails)}).headers["Location"] == "/comptes/activation/structure/"
    assert is_logged_in(client)
