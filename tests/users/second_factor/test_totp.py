"""« Double authentification »: an application that gives the codes, and the recovery codes."""

import re
import time
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection

from chorus_org.kernel.journal.models import Event
from tests.support.factories import PASSWORD, UserFactory
from tests.support.htmx import HtmxPage, same
from tests.support.pages import elements, error_of, plain, summary_of, text_of, tree
from tests.support.races import race
from users.operations.second_factor.factors import (
    FactorRefused,
    add_application,
    make_recovery_codes,
    spend_recovery_code,
)
from users.second_factor import squares

LOGIN, HOME = "/comptes/login/", "/comptes/2fa/"
ADD, REMOVE = "/comptes/2fa/totp/activate/", "/comptes/2fa/totp/deactivate/"
CODES, ASKED = "/comptes/2fa/recovery-codes/", "/comptes/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


@pytest.fixture
def enrolled(person, now):
    """A person whose application knows `SECRET`."""
    add_application(user_id=person.pk, secret=SECRET, session="", at=now)
    return person


def log_in(client):
    return client.post(LOGIN, {"login": "claire@example.org", "password": PASSWORD})


def shown_now(secret=SECRET):
    """What the application shows."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def is_logged_in(client):
    return "_auth_user_id" in client.session


def listed(answer):
    """The recovery codes that a page shows."""
    return [text_of(code) for code in elements(tree(answer), "code")]


class TestAdding:
    def add(self, client, code=None):
        page = client.get(ADD)
        secret = text_of(next(elements(tree(page), "code"))).replace(" ", "")
        return secret, client.post(ADD, {"code": code or shown_now(secret)})

    def test_shows_the_square_and_the_same_key_in_text(self, client, person):
        log_in(client)
        page = client.get(ADD)

        assert page.text.count('<path d="M4 4h7v1h-7z') == 1
        assert re.search(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text)

    def test_takes_a_first_code_then_shows_the_recovery_codes(self, client, person, mails, now):
        log_in(client)
        _, answer = self.add(client)

        assert answer.status_code == 200
        assert len(set(listed(answer))) == 10
        assert all(re.fullmatch(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", code) for code in listed(answer))
        assert [mail.kind for mail in mails.to(person.email)] == ["users/factor_added", "users/recovery_codes_made"]
        assert [event.kind for event in Event.objects.about(person)] == ["factor.added", "recovery_codes.made"]

    def test_a_wrong_code_adds_nothing_and_keeps_the_key(self, client, person, mails):
        log_in(client)
        secret, answer = self.add(client, "000000")

        assert answer.status_code == 422
        assert error_of(answer, "code").startswith("Ce code n’est pas le bon")
        assert text_of(next(elements(tree(answer), "code"))).replace(" ", "") == secret
        assert not Authenticator.objects.exists()
        assert not mails

    def test_two_tabs_show_two_squares_and_both_serve_for_ten_minutes(self, client, person, clock):
        log_in(client)
        first, _ = [self.secret_of(client.get(ADD)) for _ in range(2)]
        clock.shift(290)

        client.post(ADD, {"code": shown_now(first)})

        assert Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()

    def test_after_ten_minutes_a_square_serves_no_more(self, client, person, now):
        session = client.session
        secret = squares.new_secret(session, at=now)

        assert squares.living(session, at=now + timedelta(minutes=10) - timedelta.resolution) == [secret]
        assert squares.living(session, at=now + timedelta(minutes=10)) == []

    def test_a_refused_code_leaves_the_square_of_its_tab(self, client, person):
        log_in(client)
        first = client.get(ADD)
        client.get(ADD)
        square = re.search(r'name="square" value="([0-9a-f]+)"', first.text)[1]

        answer = client.post(ADD, {"code": "000000", "square": square})

        assert self.secret_of(answer) == self.secret_of(first)

    @staticmethod
    def secret_of(answer):
        return text_of(next(elements(tree(answer), "code"))).replace(" ", "")

    def test_ends_the_other_sessions_and_keeps_this_one_under_another_key(self, client, person):
        other = type(client)()
        log_in(other)
        log_in(client)
        before = client.cookies["sessionid"].value
        self.add(client)

        assert client.get(HOME).status_code == 200
        assert client.cookies["sessionid"].value != before
        assert other.get(HOME).status_code == 302

    def test_is_offered_once(self, client, enrolled):
        log_in(client)
        client.post(ASKED, {"code": shown_now()})

        assert client.get(ADD).headers["Location"] == HOME

    def test_twice_at_once_adds_one(self, transactional_db, now):
        person = UserFactory()

        outcomes = race(*[partial(add_application, user_id=person.pk, secret=SECRET, session="", at=now)] * 2)

        assert sorted(isinstance(outcome, FactorRefused) for outcome in outcomes) == [False, True]

    def test_keeps_the_key_unreadable_in_the_database(self, enrolled):
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            [(kept,)] = cursor.fetchall()

        assert SECRET not in kept

    def test_a_new_secret_of_the_installation_reads_what_the_former_one_kept(self, client, enrolled, settings):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another one", [settings.SECRET_KEY]
        log_in(client)

        assert client.post(ASKED, {"code": shown_now()}).headers["Location"] == "/"


class TestLoggingIn:
    @pytest.mark.parametrize("required", [True, False])
    def test_asks_the_code_of_the_application_and_sends_none(self, client, enrolled, mails, settings, required):
        settings.SECOND_FACTOR_REQUIRED = required
        before = len(mails)
        answer = log_in(client)

        assert answer.headers["Location"] == ASKED
        assert client.get(ASKED).status_code == 200
        assert len(mails) == before
        assert client.get("/organisation/structures/").headers["Location"].startswith(LOGIN)

    def test_opens_with_the_right_code(self, client, enrolled):
        log_in(client)

        assert client.post(ASKED, {"code": shown_now()}).headers["Location"] == "/"
        assert is_logged_in(client)

    @pytest.mark.parametrize("seconds", [-30, 30])
    def test_the_code_of_another_half_minute_is_refused(self, client, enrolled, clock, seconds):
        log_in(client)
        code = shown_now()
        clock.shift(seconds)

        assert client.post(ASKED, {"code": code}).status_code == 422

    def test_a_code_serves_once_whatever_the_session(self, client, enrolled):
        other, code = type(client)(), shown_now()
        for one in (client, other):
            log_in(one)

        assert client.post(ASKED, {"code": code}).headers["Location"] == "/"
        assert other.post(ASKED, {"code": code}).status_code == 422

    def test_five_wrong_codes_block_and_a_new_login_does_not_forgive_them(self, client, enrolled):
        for _ in range(5):
            log_in(client)
            assert client.post(ASKED, {"code": "000000"}).status_code == 422
            client.post(ASKED, {"action": "cancel"})
        log_in(client)
        answer = client.post(ASKED, {"code": shown_now()})

        assert answer.status_code == 429
        assert "vous pourrez vous connecter à partir de 11:30" in plain(answer.text)
        assert not is_logged_in(client)

    def test_a_post_without_a_code_is_a_sentence(self, client, enrolled):
        log_in(client)

        assert error_of(client.post(ASKED, {}), "code").startswith("Saisissez les 6 chiffres")


class TestRecoveryCodes:
    def test_one_opens_once_and_its_owner_is_told(self, client, enrolled, mails, now):
        first, *_ = make_recovery_codes(user_id=enrolled.pk, at=now)
        log_in(client)
        answer = client.post(ASKED, {"code": first.lower().replace("-", " ")})
        client.post("/comptes/logout/")
        log_in(client)

        assert answer.headers["Location"] == "/"
        assert client.post(ASKED, {"code": first}).status_code == 422
        assert mails.to(enrolled.email)[-1].kind == "users/recovery_code_used"
        assert "Il vous en reste 9." in mails.to(enrolled.email)[-1].text
        assert Event.objects.about(enrolled).last().details == {"left": 9}

    def test_two_at_once_serve_once(self, transactional_db, now):
        person = UserFactory()
        first, *_ = make_recovery_codes(user_id=person.pk, at=now)

        outcomes = race(*[partial(spend_recovery_code, user_id=person.pk, code=first, at=now)] * 4)

        assert sorted(outcome is None for outcome in outcomes) == [False, True, True, True]

    def test_are_kept_as_hashes(self, enrolled, now):
        codes = make_recovery_codes(user_id=enrolled.pk, at=now)
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))

        assert not [code for code in codes if code in kept or code.replace("-", "") in kept]

    def test_new_ones_are_shown_once_and_kill_the_former(self, client, enrolled, now, mails):
        former, *_ = make_recovery_codes(user_id=enrolled.pk, at=now)
        log_in(client)
        client.post(ASKED, {"code": shown_now()})
        before = len(mails)

        assert listed(client.get(CODES)) == []
        assert len(mails) == before
        codes = listed(client.post(CODES))
        assert len(codes) == 10
        assert listed(client.get(CODES)) == []
        assert spend_recovery_code(user_id=enrolled.pk, code=former, at=now) is None
        assert spend_recovery_code(user_id=enrolled.pk, code=codes[9], at=now)

    def test_go_with_an_application_only(self, client, person):
        log_in(client)

        assert client.post(CODES).headers["Location"] == HOME
        assert not Authenticator.objects.exists()


class TestRemoving:
    def test_is_asked_then_done_and_told(self, client, enrolled, now, mails):
        make_recovery_codes(user_id=enrolled.pk, at=now)
        log_in(client)
        client.post(ASKED, {"code": shown_now()})
        asked = client.get(REMOVE)
        still_there = Authenticator.objects.count()
        answer = client.post(REMOVE)

        assert "effacés" in asked.text
        assert still_there == 2
        assert answer.headers["Location"] == HOME
        assert not Authenticator.objects.exists()
        assert mails.to(enrolled.email)[-1].kind == "users/factor_removed"
        assert Event.objects.about(enrolled).last().kind == "factor.removed"

    def test_is_asked_in_a_dialog_too(self, client, enrolled):
        log_in(client)
        client.post(ASKED, {"code": shown_now()})
        page = HtmxPage(client, client.get(HOME))

        page.trigger(page.find("a", **{"hx-get": REMOVE}))
        assert same(page, client.get(REMOVE), part="question")
        assert same(page, client.get(HOME), but=["dialogue"])
        page.trigger(page.find("form", **{"hx-post": REMOVE}))

        assert page.url == HOME
        assert "L’application ne donne plus vos codes" in text_of(page.by_id("messages"))
        assert not Authenticator.objects.exists()

    def test_what_was_removed_meanwhile_is_told_in_the_dialog(self, client, enrolled):
        log_in(client)
        client.post(ASKED, {"code": shown_now()})
        page = HtmxPage(client, client.get(HOME))
        page.trigger(page.find("a", **{"hx-get": REMOVE}))
        client.post(REMOVE)

        assert page.trigger(page.find("form", **{"hx-post": REMOVE})).status_code == 409
        assert "Aucune application ne donne vos codes" in text_of(page.by_id("question"))

    def test_in_a_dialog_that_waited_too_long_one_proves_again(self, client, enrolled, clock):
        log_in(client)
        client.post(ASKED, {"code": shown_now()})
        page = HtmxPage(client, client.get(HOME))
        page.trigger(page.find("a", **{"hx-get": REMOVE}))
        clock.shift(timedelta(minutes=6))
        page.trigger(page.find("form", **{"hx-post": REMOVE}))

        assert page.url.startswith("/comptes/reauthenticate/")
        assert "Rien n’est encore fait" in text_of(page.by_id("messages"))
        assert Authenticator.objects.exists()

    def test_what_is_not_there_is_told(self, client, person, mails):
        log_in(client)
        answer = client.post(REMOVE)

        assert answer.status_code == 409
        assert summary_of(answer) == ["Aucune application ne donne vos codes."]
        assert not mails


@pytest.mark.parametrize("required", [True, False])
def test_the_page_says_what_gives_the_code(client, person, settings, required):
    log_in(client)
    settings.SECOND_FACTOR_REQUIRED = required
    page = plain(client.get(HOME).text)

    assert ("Actif" in page) == required
    assert "Ajouter une application" in page


def test_the_page_says_how_many_recovery_codes_are_left(client, enrolled, now):
    make_recovery_codes(user_id=enrolled.pk, at=now)
    log_in(client)
    client.post(ASKED, {"code": shown_now()})
    page = plain(client.get(HOME).text)

    assert "10 sur 10" in page
    assert "Retirer l’application" in page
