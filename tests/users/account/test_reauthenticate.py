"""« Confirmez que c’est vous »: what touches the security of an account asks for a proof of the last five minutes."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import error_of, plain
from users.models import User
from users.operations.second_factor.factors import add_application

LOGIN, URL = "/comptes/login/", "/comptes/reauthenticate/"
GUARDED = ["/comptes/2fa/totp/activate/", "/comptes/2fa/totp/deactivate/", "/comptes/2fa/recovery-codes/"]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


@pytest.fixture
def without_password(person):
    person.set_unusable_password()
    person.save()
    return person


@pytest.fixture
def inside(client, person):
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    return client


def asks(answer, page):
    return answer.headers.get("Location") == f"{URL}?next={page.replace('/', '%2F')}"


def code_of(mail):
    [code] = re.findall(r"^[0-9]{6}$", mail.text, re.MULTILINE)
    return code


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", GUARDED)
def test_a_login_counts_for_five_minutes_on_the_page_and_on_the_post(inside, clock, page, method):
    clock.shift(timedelta(minutes=5) - timedelta(seconds=1))
    assert not asks(getattr(inside, method)(page), page)
    clock.shift(1)
    assert asks(getattr(inside, method)(page), page)


def test_the_password_opens_for_five_minutes_and_leads_back_under_a_new_session_key(inside, clock):
    clock.shift(1200)
    before = inside.cookies["sessionid"].value
    answer = inside.post(f"{URL}?next={GUARDED[0]}", {"password": PASSWORD})

    assert answer.headers["Location"] == GUARDED[0]
    assert inside.cookies["sessionid"].value != before
    assert inside.get(GUARDED[0]).status_code == 200
    clock.shift(300)
    assert asks(inside.get(GUARDED[0]), GUARDED[0])


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_portal(inside, evil):
    assert inside.post(URL, {"password": PASSWORD, "next": evil}).headers["Location"] == "/"


@pytest.mark.parametrize("typed", ["", "faux", PASSWORD + " ", "x" * 200])
def test_a_wrong_password_is_told(inside, clock, typed):
    clock.shift(1200)
    answer = inside.post(URL, {"password": typed})

    assert answer.status_code == 422
    assert error_of(answer, "password")
    assert asks(inside.get(GUARDED[0]), GUARDED[0])


def test_wrong_passwords_count_in_the_lock(inside, clock):
    clock.shift(1200)
    for _ in range(5):
        inside.post(URL, {"password": "faux"})
    answer = inside.post(URL, {"password": PASSWORD})

    assert answer.status_code == 429
    assert "Connexion bloquée" in plain(answer.text)
    assert asks(inside.get(GUARDED[0]), GUARDED[0])


def test_htmx_goes_there_as_a_whole_page(inside, clock):
    clock.shift(1200)
    answer = inside.post(GUARDED[2], headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith(URL)


class TestSecondFactor:
    @pytest.fixture
    def required(self, settings):
        settings.SECOND_FACTOR_REQUIRED = True

    @pytest.fixture
    def inside(self, client, person, required, mails, clock):
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
        client.post("/comptes/2fa/code/", {"code": code_of(mails.to(person.email)[-1])})
        clock.shift(61)
        return client

    def test_a_whole_login_counts_for_both(self, inside):
        assert inside.get(GUARDED[0]).status_code == 200

    def test_after_the_password_a_code_leaves_by_mail_and_is_asked_for(self, inside, person, mails, clock):
        clock.shift(300)
        page = f"{URL}?next={GUARDED[0]}"
        answer = inside.post(page, {"password": PASSWORD})
        [_, mail] = mails.to(person.email)

        assert answer.headers["Location"] == page
        assert mail.kind == "users/proof_code"
        assert asks(inside.get(GUARDED[0]), GUARDED[0])
        assert 'name="code"' in inside.get(page).text
        assert inside.post(page, {"code": code_of(mail)}).headers["Location"] == GUARDED[0]
        assert inside.get(GUARDED[0]).status_code == 200

    def test_a_code_does_not_stand_for_the_password(self, inside, clock):
        clock.shift(300)

        assert 'name="password"' in inside.get(URL).text
        assert inside.post(URL, {"code": "000000"}).status_code == 422

    def test_with_an_application_its_code_is_asked_for_even_where_none_is_required(self, client, person, now, clock):
        add_application(user_id=person.pk, secret=SECRET, session="", at=now)
        client.force_login(User.objects.get(pk=person.pk))
        page = f"{URL}?next={GUARDED[1]}"

        assert client.post(page, {"password": PASSWORD}).headers["Location"] == page
        shown = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
        assert client.post(page, {"code": shown}).headers["Location"] == GUARDED[1]
        assert client.get(GUARDED[1]).status_code == 200


@pytest.mark.parametrize("page", ["/mon-compte/adresse/", "/mon-compte/donnees/", "/mon-compte/fermer/"])
def test_what_matters_most_is_guarded(inside, clock, page):
    assert inside.get(page).status_code == 200
    clock.shift(301)
    assert asks(inside.get(page), page)


def test_a_button_leads_back_to_its_page_and_says_that_nothing_is_done(inside, clock):
    clock.shift(301)
    answer = inside.post("/comptes/sessions/fermer/")

    assert asks(answer, "/comptes/sessions/")
    assert "Rien n’est encore fait" in plain(inside.get(answer.headers["Location"]).text)


class TestWithoutAPassword:
    def test_a_new_one_is_chosen_by_the_mailbox(self, login, without_password):
        answer = login(without_password).get("/mon-compte/mot-de-passe/")

        assert answer.headers["Location"] == "/comptes/password/reset/"

    def test_a_session_alone_proves_nothing(self, login, without_password):
        assert asks(login(without_password).get(GUARDED[0]), GUARDED[0])

    def test_a_code_by_mail_does(self, login, without_password, mails):
        client = login(without_password)
        client.post(URL, {"action": "resend"})
        [mail] = mails

        assert mail.kind == "users/proof_code"
        assert client.post(f"{URL}?next={GUARDED[0]}", {"code": code_of(mail)}).headers["Location"] == GUARDED[0]
        assert client.get(GUARDED[0]).status_code == 200

    def test_it_is_read_ten_minutes_and_once(self, login, without_password, mails, clock):
        client = login(without_password)
        client.post(URL, {"action": "resend"})
        clock.shift(601)

        assert client.post(URL, {"code": code_of(mails.to(without_password.email)[0])}).status_code == 422
        client.post(URL, {"action": "resend"})
        code = code_of(mails.to(without_password.email)[1])
        assert client.post(URL, {"code": code}).status_code == 302
        clock.shift(301)
        assert client.post(URL, {"code": code}).status_code == 422

    def test_it_leaves_once_a_minute(self, login, without_password, mails):
        client = login(without_password)
        for _ in range(2):
            answer = client.post(URL, {"action": "resend"}, follow=True)

        assert len(mails) == 1
        assert "Aucun code n’est parti" in answer.text

    def test_none_was_sent_none_is_right(self, login, without_password):
        assert login(without_password).post(URL, {"code": "000000"}).status_code == 422

    def test_who_has_an_application_proves_by_it(self, login, without_password, now):
        add_application(user_id=without_password.pk, secret=SECRET, session="", at=now)
        client = login(User.objects.get(pk=without_password.pk))
        shown = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))

        assert client.post(URL, {"code": "000000"}).status_code == 422
        assert client.post(f"{URL}?next={GUARDED[1]}", {"code": shown}).headers["Location"] == GUARDED[1]
        assert client.get(GUARDED[1]).status_code == 200
