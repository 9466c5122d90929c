"""The support helps who has lost what they log in with: who may, what it does, and that it is told."""

import re

import pytest
from allauth.mfa.models import Authenticator

from chorus_org.journal.models import Event
from habilitations.operations.recovery import RecoveryRefused, give_address, reset_factors
from tests.support.client import StrictClient
from tests.support.factories import UserFactory
from tests.support.operators import ACTORS, actor_of, address, make_staff
from tests.support.pages import plain
from users.models import AccountState, Link, User
from users.operations.links import LinkPurpose, issue_link
from users.operations.second_factor.factors import add_application

HELPERS = {"support", "administrateur", "superuser"}
NEW = "nouvelle@example.org"


@pytest.fixture
def person(db, now):
    user = UserFactory(email="claire@example.org", first_name="Claire", last_name="Vasseur")
    add_application(user_id=user.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    return user


@pytest.fixture
def support(db):
    return make_staff("support")


def status_for(actor, method):
    if actor == "anonymous":
        return 302
    if actor not in HELPERS:
        return 403
    return 302 if method == "post" else 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("actor", ACTORS)
class TestWhoMay:
    def test_remove_factors(self, login, world, person, actor, method):
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, "factors", person.pk))

        assert answer.status_code == status_for(actor, method)
        assert Authenticator.objects.filter(user=person).exists() == (method == "get" or actor not in HELPERS)

    def test_give_an_address(self, login, world, person, actor, method):
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, "address", person.pk), {"email": NEW})

        assert answer.status_code == status_for(actor, method)
        assert (User.objects.get(pk=person.pk).email == NEW) == (method == "post" and actor in HELPERS)

    @pytest.mark.parametrize("page", ["factors", "address"])
    def test_help_an_operator(self, login, world, actor, method, page):
        """Not the support: it would take over who outranks it."""
        other = make_staff("administrateur")
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, page, other.pk), {"email": NEW})

        if actor not in {"administrateur", "superuser"}:
            assert answer.status_code == (302 if actor == "anonymous" else 403)
            assert User.objects.get(pk=other.pk).email != NEW


@pytest.mark.parametrize("operation", [reset_factors, give_address])
@pytest.mark.parametrize("actor", ["stranger", "gp", "operator", "auditeur"])
def test_who_may_not_is_refused_after_the_lock_too(world, person, now, actor, operation):
    more = {"email": NEW} if operation is give_address else {}

    with pytest.raises(RecoveryRefused, match="revient aux exploitants"):
        operation(user_id=person.pk, by=actor_of(world, actor), at=now, **more)


class TestFactors:
    def test_the_code_comes_by_mail_again_sessions_end_and_the_owner_is_told(self, person, support, mails, now):
        inside = StrictClient()
        inside.force_login(person)
        reset_factors(user_id=person.pk, by=support, at=now)

        assert not Authenticator.objects.filter(user=person).exists()
        assert inside.get("/mon-compte/").status_code == 302
        assert mails.to(person.email)[-1].kind == "users/factors_reset"
        [event] = Event.objects.about(person).filter(kind="factors.reset")
        assert event.actor_id == support.public_id

    def test_there_must_be_something_to_remove(self, login, support, now):
        bare = UserFactory()
        with pytest.raises(RecoveryRefused, match="ni application ni clé"):
            reset_factors(user_id=bare.pk, by=support, at=now)
        assert address(User, "factors", bare.pk) not in login(support).get(address(User, "change", bare.pk)).text


class TestAddress:
    def test_both_addresses_are_told_and_the_new_one_chooses_a_password(self, person, support, mails, now):
        give_address(user_id=person.pk, email=NEW, by=support, at=now)

        assert [mail.kind for mail in mails.to("claire@example.org")][-1:] == ["users/address_given"]
        assert "/annuler/" not in mails.to("claire@example.org")[-1].text
        [mail] = mails.to(NEW)
        assert re.search(r"/comptes/password/reset/[\w-]{43}/", mail.text)
        [event] = Event.objects.about(person).filter(kind="login_address.changed")
        assert event.actor_id == support.public_id

    def test_nothing_opens_by_the_former_one(self, person, support, now):
        inside = StrictClient()
        inside.force_login(person)
        for purpose in LinkPurpose:
            issue_link(user=person, purpose=purpose, at=now)
        give_address(user_id=person.pk, email=NEW, by=support, at=now)

        assert inside.get("/mon-compte/").status_code == 302
        assert [link.email for link in Link.objects.filter(user=person)] == [NEW]

    @pytest.mark.parametrize(
        ("email", "sentence"),
        [
            ("", "Saisissez la nouvelle adresse"),
            ("ailleurs", "adresse électronique complète"),
            ("claire@example.org", "C’est déjà l’adresse de connexion"),
            ("prise@example.org", "déjà celle d’un compte"),
        ],
    )
    def test_a_mistake_is_a_sentence(self, login, person, support, email, sentence):
        UserFactory(email="prise@example.org")

        answer = login(support).post(address(User, "address", person.pk), {"email": email})

        assert answer.status_code == 422
        assert sentence in plain(answer.text)
        assert User.objects.get(pk=person.pk).email == "claire@example.org"


@pytest.mark.parametrize("page", ["factors", "address"])
def test_the_buttons_are_shown_where_the_act_is_accepted(login, world, person, page):
    for actor in ("support", "administrateur", "auditeur"):
        text = login(actor_of(world, actor)).get(address(User, "change", person.pk)).text
        assert (address(User, page, person.pk) in text) == (actor in HELPERS)
    person.enter(AccountState.SUSPENDU, at=person.created_at)
    text = login(actor_of(world, "support")).get(address(User, "change", person.pk)).text
    assert address(User, page, person.pk) not in text
