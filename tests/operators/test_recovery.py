"""The support helps who has lost what they log in with: not before 72 hours, and not if the owner logs in (6.4.4)."""

import re
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator

from chorus_org.kernel.journal.models import Event
from chorus_org.operators.operations.lifecycle import LifecycleRefused, close_sessions
from chorus_org.operators.operations.recovery import (
    RecoveryRefused,
    ask_factors_reset,
    ask_new_address,
    drop_recovery,
    recover,
)
from chorus_org.operators.tasks import recover_accounts
from tests.support.factories import PASSWORD, UserFactory
from tests.support.operators import ACTORS, actor_of, address, make_staff
from tests.support.pages import plain
from tests.support.races import race
from users.models import AccountState, Identity, Link, Recovery, User
from users.operations.links import LinkPurpose, issue_link
from users.operations.proconnect import link_identity
from users.operations.second_factor.factors import add_application, add_key

HELPERS = {"support", "administrateur", "superuser"}
FORMER, NEW = "claire@example.org", "nouvelle@example.org"
DELAY = timedelta(hours=72)
PAGES = ["factors", "address", "recovery", "sessions"]


@pytest.fixture
def person(db, now):
    user = UserFactory(email=FORMER, first_name="Claire", last_name="Vasseur", last_login=now - DELAY)
    add_application(user_id=user.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    return user


@pytest.fixture
def support(db):
    return make_staff("support")


def kinds(mails, recipient):
    return [mail.kind.removeprefix("users/") for mail in mails.to(recipient)]


def events(person):
    return [
        kind for kind in Event.objects.about(person).values_list("kind", flat=True) if not kind.startswith("factor.")
    ]


def status_for(actor, method):
    if actor == "anonymous":
        return 302
    if actor not in HELPERS:
        return 403
    return 302 if method == "post" else 200


class TestWhoMay:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("actor", ACTORS)
    def test_the_page_and_the_act(self, login, world, person, actor, method, page, now):
        if page == "recovery":
            ask_new_address(user_id=person.pk, email=NEW, by=None, at=now)
        before = events(person)
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, page, person.pk), {"email": NEW})

        assert answer.status_code == status_for(actor, method)
        assert (events(person) != before) == (method == "post" and actor in HELPERS)

    @pytest.mark.parametrize("page", PAGES)
    def test_the_support_takes_nobody_over_who_outranks_it(self, login, support, page):
        other = make_staff("administrateur")

        assert login(support).post(address(User, page, other.pk), {"email": NEW}).status_code == 403
        assert not Recovery.objects.exists()

    @pytest.mark.parametrize("actor", ["stranger", "gp", "operator", "auditeur"])
    def test_who_may_not_is_refused_after_the_lock_too(self, world, person, now, actor):
        by = actor_of(world, actor)
        refused = pytest.raises((RecoveryRefused, LifecycleRefused), match="revient aux exploitants")

        for act in (ask_factors_reset, partial(ask_new_address, email=NEW), drop_recovery, close_sessions):
            with refused:
                act(user_id=person.pk, by=by, at=now)

    def test_the_buttons_are_shown_where_the_act_is_accepted(self, login, world, person, now):
        def shown(actor):
            text = login(actor_of(world, actor)).get(address(User, "change", person.pk)).text
            return {page for page in PAGES if address(User, page, person.pk) in text}

        assert shown("support") == {"factors", "address", "sessions"}
        assert shown("auditeur") == set()
        ask_new_address(user_id=person.pk, email=NEW, by=None, at=now)
        assert shown("support") == {"recovery", "sessions"}
        person.enter(AccountState.SUSPENDU, at=now)
        assert shown("support") == set()


def test_the_support_sees_what_was_lost_and_what_waits(login, person, support, now):
    add_key(user_id=person.pk, name="Clé du bureau", credential={"id": "x"}, session="", at=now)
    ask_factors_reset(user_id=person.pk, by=support, at=now)

    page = plain(login(support).get(address(User, "change", person.pk)).text)

    assert "Application, clé « Clé du bureau »" in page
    assert "Double authentification retirée le 28/11/2026 à 10:30" in page
    assert "Code par courriel" in plain(login(support).get(address(User, "change", support.pk)).text)


class TestFactors:
    def test_nothing_changes_for_72_hours_and_the_owner_is_told(self, person, support, mails, now):
        ask_factors_reset(user_id=person.pk, by=support, at=now)
        recover_accounts(at=now + DELAY - timedelta(seconds=1))
        recover(user_id=person.pk, at=now + DELAY - timedelta(seconds=1))

        assert Authenticator.objects.filter(user=person).exists()
        assert kinds(mails, FORMER)[-1] == "recovery_asked"
        assert "Le 28/11/2026 à 10:30" in plain(mails.to(FORMER)[-1].text)
        [event] = Event.objects.about(person).filter(kind="recovery.asked")
        assert (event.actor_id, event.details) == (support.public_id, {"address": False})

    def test_then_the_code_comes_by_mail_again(self, person, support, mails, now):
        ask_factors_reset(user_id=person.pk, by=support, at=now)
        recover_accounts(at=now + DELAY)

        assert not Authenticator.objects.filter(user=person).exists()
        assert kinds(mails, FORMER)[-1] == "factors_reset"
        assert events(person) == ["recovery.asked", "factors.reset"]

    def test_a_login_of_the_owner_ends_it(self, person, support, mails, now):
        ask_factors_reset(user_id=person.pk, by=support, at=now)
        User.objects.filter(pk=person.pk).update(last_login=now + timedelta(hours=71))
        recover_accounts(at=now + DELAY)

        assert Authenticator.objects.filter(user=person).exists()
        assert events(person) == ["recovery.asked", "recovery.dropped"]
        assert not Recovery.objects.exists()

    @pytest.mark.parametrize(("seconds", "ended"), [(-1, False), (0, True), (1, True)])
    def test_a_login_counts_from_the_very_moment_of_the_request(self, person, support, now, seconds, ended):
        ask_factors_reset(user_id=person.pk, by=support, at=now)
        User.objects.filter(pk=person.pk).update(last_login=now + timedelta(seconds=seconds))
        recover(user_id=person.pk, at=now + DELAY)

        assert Authenticator.objects.filter(user=person).exists() is ended

    def test_there_must_be_something_to_remove(self, support, now):
        with pytest.raises(RecoveryRefused, match="ni application ni clé"):
            ask_factors_reset(user_id=UserFactory().pk, by=support, at=now)


class TestAddress:
    def test_both_addresses_are_told_and_the_new_one_chooses_a_password(self, person, support, mails, now):
        ask_new_address(user_id=person.pk, email=NEW, by=support, at=now)
        assert kinds(mails, FORMER)[-1] == "recovery_asked"
        assert User.objects.get(pk=person.pk).email == FORMER
        recover_accounts(at=now + DELAY)

        assert User.objects.get(pk=person.pk).email == NEW
        assert kinds(mails, FORMER)[-1] == "address_given"
        assert "/annuler/" not in mails.to(FORMER)[-1].text
        [mail] = mails.to(NEW)
        assert re.search(r"/comptes/password/reset/[\w-]{43}/", mail.text)

    def test_nothing_opens_by_the_former_one(self, person, support, now):
        for purpose in LinkPurpose:
            issue_link(user=person, purpose=purpose, at=now)
        ask_new_address(user_id=person.pk, email=NEW, by=support, at=now)
        recover(user_id=person.pk, at=now + DELAY)

        assert [link.email for link in Link.objects.filter(user=person)] == [NEW]

    def test_what_somebody_else_may_know_opens_nothing(self, person, support, mails, now):
        link_identity(by=person, issuer="i", subject="s", siret="", at=now - timedelta(days=400))
        ask_new_address(user_id=person.pk, email=NEW, by=support, at=now)
        recover(user_id=person.pk, at=now + DELAY)

        assert not User.objects.get(pk=person.pk).has_usable_password()
        assert not Identity.objects.exists()
        assert "proconnect_unlinked" in kinds(mails, NEW)

    def test_an_address_taken_in_between_is_left_to_its_owner(self, person, support, mails, now):
        ask_new_address(user_id=person.pk, email=NEW, by=support, at=now)
        UserFactory(email=NEW)
        recover_accounts(at=now + DELAY)

        assert User.objects.get(pk=person.pk).email == FORMER
        assert events(person)[-1] == "recovery.dropped"
        assert mails.to(NEW) == []

    @pytest.mark.parametrize(
        ("email", "sentence"),
        [
            ("", "Saisissez la nouvelle adresse"),
            ("ailleurs", "adresse électronique complète"),
            (FORMER, "déjà celle d’un compte"),
            ("prise@example.org", "déjà celle d’un compte"),
        ],
    )
    def test_a_mistake_is_a_sentence(self, login, person, support, email, sentence):
        UserFactory(email="prise@example.org")

        answer = login(support).post(address(User, "address", person.pk), {"email": email})

        assert answer.status_code == 422
        assert sentence in plain(answer.text)
        assert not Recovery.objects.exists()


def test_one_thing_waits_at_a_time(person, support, now):
    ask_factors_reset(user_id=person.pk, by=support, at=now)

    with pytest.raises(RecoveryRefused, match="attend déjà pour ce compte, jusqu’au 28/11/2026 à 10:30"):
        ask_new_address(user_id=person.pk, email=NEW, by=support, at=now)


def test_what_is_given_up_does_not_happen(person, support, now):
    ask_factors_reset(user_id=person.pk, by=support, at=now)
    drop_recovery(user_id=person.pk, by=support, at=now)
    recover_accounts(at=now + DELAY)

    assert Authenticator.objects.filter(user=person).exists()
    with pytest.raises(RecoveryRefused, match="Aucune demande"):
        drop_recovery(user_id=person.pk, by=support, at=now)


@pytest.mark.parametrize("state", [AccountState.SUSPENDU, AccountState.DESACTIVE])
def test_an_account_that_acts_no_more_gets_nothing(person, support, now, state):
    ask_factors_reset(user_id=person.pk, by=support, at=now)
    User.objects.filter(pk=person.pk).update(state=state)
    recover_accounts(at=now + DELAY)

    assert Authenticator.objects.filter(user=person).exists()
    with pytest.raises(RecoveryRefused, match="Ce compte est"):
        ask_factors_reset(user_id=person.pk, by=support, at=now)


def test_two_workers_at_once_do_it_once(transactional_db, mails, now):
    person = UserFactory(email=FORMER)
    ask_new_address(user_id=person.pk, email=NEW, by=None, at=now)

    race(*[partial(recover, user_id=person.pk, at=now + DELAY)] * 2)

    assert kinds(mails, NEW) == ["password_reset"]
    assert events(person) == ["recovery.asked", "login_address.changed"]


def test_sessions_are_closed_and_the_account_goes_on(client, person, support, now):
    Authenticator.objects.all().delete()
    client.post("/comptes/login/", {"login": FORMER, "password": PASSWORD})
    close_sessions(user_id=person.pk, by=support, at=now)

    assert client.get("/mon-compte/").status_code == 302
    assert User.objects.get(pk=person.pk).is_active
    assert Event.objects.about(person).filter(kind="sessions.closed").get().actor_id == support.public_id
