"""« Changer mon adresse de connexion »: the new address proves itself, the former one may take it back."""

import re
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from chorus_org.kernel.journal.models import Event
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import error_of, plain, summary_of
from tests.support.races import race
from users.models import AccountState, Identity, Link, LinkPurpose, User
from users.operations.addresses import AddressRefused, change_address
from users.operations.links import LinkRefused, issue_link
from users.operations.proconnect import link_identity

URL = "/mon-compte/adresse/"
CONFIRM = f"{URL}confirmer/"
CANCEL = f"{URL}annuler/"
FORMER, NEW = "claire@example.org", "claire@nouveau.example.org"


@pytest.fixture
def person(db):
    return UserFactory(email=FORMER)


def log_in(client, email, password=PASSWORD):
    assert client.post("/comptes/login/", {"login": email, "password": password}).status_code == 302
    return client


@pytest.fixture
def claire(client, person):
    return log_in(client, person.email)


def ask(client, email=NEW):
    return client.post(URL, {"email": email})


def key_in(mail, path):
    return re.search(rf"{path}([\w-]{{43}})/", mail.text).group(1)


@pytest.fixture
def key(claire, mails):
    ask(claire)
    [mail] = mails.to(NEW)
    return key_in(mail, CONFIRM)


@pytest.fixture
def cancel_key(claire, key, mails):
    confirm(claire, key)
    [mail] = mails.to(FORMER)
    return key_in(mail, CANCEL)


def confirm(client, key):
    client.get(f"{CONFIRM}{key}/")
    return client.post(CONFIRM)


def cancel(client, key):
    client.get(f"{CANCEL}{key}/")
    return client.post(CANCEL)


def add_factor(user, kind, *, at, **data):
    Authenticator.objects.create(user=user, type=kind, data=data, created_at=at)


def kinds(mails, address):
    return [mail.kind for mail in mails.to(address)]


class TestAsk:
    def test_a_link_goes_to_the_new_address_and_nothing_changes_yet(self, claire, person, key, mails):
        page = claire.get(f"{URL}envoye/")

        assert "60 minutes" in page.text
        assert NEW not in page.text
        assert kinds(mails, FORMER) == []
        assert User.objects.get().email == FORMER

    @pytest.mark.parametrize("state", list(AccountState))
    def test_an_address_that_has_an_account_is_answered_alike_and_told(self, claire, person, mails, state):
        free = ask(claire)
        UserFactory(email="prise@example.org", state=state)

        taken = ask(claire, "prise@example.org")

        assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])
        [mail] = mails.to("prise@example.org")
        assert mail.kind == "users/address_taken"
        assert "/confirmer/" not in mail.text
        assert person.first_name not in mail.text

    @pytest.mark.parametrize(
        ("email", "sentence"),
        [
            ("", "Saisissez votre nouvelle adresse"),
            ("ailleurs", "adresse électronique complète"),
            ("é@example.org", "sans accent"),
            (FORMER, "C’est déjà votre adresse"),
            (" Claire@Example.ORG", "C’est déjà votre adresse"),
        ],
    )
    def test_a_mistake_is_a_sentence(self, claire, mails, email, sentence):
        answer = ask(claire, email)

        assert answer.status_code == 422
        assert sentence in error_of(answer, "email")
        assert not mails

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_proof_of_the_last_five_minutes_is_asked_for(self, claire, mails, clock, method):
        clock.shift(301)

        answer = getattr(claire, method)(URL, {"email": NEW})

        assert answer.headers["Location"].startswith("/comptes/reauthenticate/?next=%2Fmon-compte%2Fadresse%2F")
        assert not mails

    def test_five_links_an_hour_are_enough(self, claire, mails):
        answers = [ask(claire, f"p{n}@example.org") for n in range(6)]

        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert "Trop de demandes" in plain(" ".join(summary_of(answers[-1])))

    def test_it_asks_for_a_session(self, client, person, mails):
        assert ask(client).status_code == 302
        assert not mails


class TestConfirm:
    def test_the_link_opens_a_button_which_alone_changes_the_address(self, claire, person, key):
        assert claire.get(f"{CONFIRM}{key}/").headers["Location"] == CONFIRM
        assert NEW in claire.get(CONFIRM).text
        assert User.objects.get().email == FORMER

        assert claire.post(CONFIRM).headers["Location"] == "/comptes/login/"
        person.refresh_from_db()
        assert (person.email, person.contact_email, person.notices_email) == (NEW, NEW, NEW)
        assert person.check_password(PASSWORD)
        assert [event.kind for event in Event.objects.about(person)] == ["login_address.changed"]
        assert not Event.objects.get().details

    def test_every_session_ends_and_the_new_address_logs_in(self, claire, person, key):
        elsewhere = StrictClient()
        elsewhere.force_login(person)

        confirm(StrictClient(), key)

        assert claire.get("/mon-compte/").status_code == 302
        assert elsewhere.get("/mon-compte/").status_code == 302
        login = "/comptes/login/"
        assert claire.post(login, {"login": FORMER, "password": PASSWORD}).status_code == 422
        assert claire.post(login, {"login": NEW, "password": PASSWORD}).status_code == 302

    def test_both_addresses_are_told(self, claire, key, mails):
        confirm(claire, key)

        assert kinds(mails, FORMER) == ["users/address_changed"]
        assert kinds(mails, NEW) == ["users/address_to_confirm", "users/address_confirmed"]
        assert NEW not in mails.to(FORMER)[0].text

    def test_another_contact_address_stays(self, claire, person, key):
        User.objects.update(contact_email="equipe@example.org")
        confirm(claire, key)

        assert User.objects.get().contact_email == "equipe@example.org"

    def test_other_links_are_void(self, claire, person, key, now):
        issue_link(user=person, purpose=LinkPurpose.PASSWORD, at=now)
        confirm(claire, key)

        alive = Link.objects.filter(used_at=None)
        assert [link.purpose for link in alive] == [LinkPurpose.CANCEL]

    @pytest.mark.parametrize("again", [True, False])
    def test_a_link_serves_once_and_for_sixty_minutes(self, claire, key, clock, again):
        if again:
            confirm(claire, key)
        else:
            clock.shift(timedelta(minutes=60))

        assert confirm(claire, key).status_code == 410

    def test_a_new_link_kills_the_former(self, claire, key):
        ask(claire, "autre@example.org")

        assert confirm(claire, key).status_code == 410

    @pytest.mark.parametrize("forged", ["x" * 43, "é"])
    def test_an_invented_link_opens_nothing(self, client, db, forged):
        assert confirm(client, forged).status_code == 410
        assert cancel(client, forged).status_code == 410

    def test_nobody_confirms_while_logged_in_as_somebody_else(self, key):
        other = StrictClient()
        other.force_login(UserFactory())

        assert confirm(other, key).status_code == 409
        assert User.objects.get(email=FORMER)

    def test_a_new_password_voids_it(self, claire, key):
        new = "bateau violet dans la brume"
        claire.post("/mon-compte/mot-de-passe/", {"current_password": PASSWORD, "password1": new, "password2": new})

        assert confirm(claire, key).status_code == 410

    def test_a_suspended_account_changes_nothing(self, key):
        User.objects.update(state=AccountState.SUSPENDU)

        assert confirm(StrictClient(), key).status_code == 410

    def test_an_address_taken_meanwhile_is_a_sentence(self, claire, key):
        UserFactory(email=NEW)

        answer = confirm(claire, key)

        assert answer.status_code == 409
        assert "Cette adresse est déjà celle d’un compte." in answer.text
        assert User.objects.filter(email=FORMER).exists()
        assert claire.get("/mon-compte/").status_code == 200

    def test_a_second_change_waits_for_the_end_of_the_first(self, claire, person, cancel_key, clock):
        log_in(claire, NEW)
        answer = ask(claire, "troisieme@example.org")
        assert answer.status_code == 422
        assert "moins de 7 jours" in plain(" ".join(summary_of(answer)))

        clock.shift(timedelta(days=7))
        log_in(claire, NEW)
        assert ask(claire, "troisieme@example.org").status_code == 302


class TestCancel:
    def test_the_former_address_takes_the_account_back(self, claire, person, cancel_key, mails):
        intruder = StrictClient()
        intruder.force_login(User.objects.get())
        visitor = StrictClient()
        assert FORMER in visitor.get(f"{CANCEL}{cancel_key}/", follow=True).text
        assert User.objects.get().email == NEW

        assert visitor.post(CANCEL).headers["Location"] == "/comptes/login/"

        person.refresh_from_db()
        assert (person.email, person.contact_email) == (FORMER, FORMER)
        assert intruder.get("/mon-compte/").status_code == 302
        assert kinds(mails, FORMER) == ["users/address_changed", "users/address_restored", "users/password_reset"]
        assert "login_address.restored" in Event.objects.values_list("kind", flat=True)

    def test_the_password_that_the_intruder_knew_opens_nothing(self, claire, cancel_key, mails):
        cancel(claire, cancel_key)

        assert claire.post("/comptes/login/", {"login": FORMER, "password": PASSWORD}).status_code == 422
        reset = key_in(mails.to(FORMER)[-1], "/comptes/password/reset/")
        claire.get(f"/comptes/password/reset/{reset}/")
        new = "bateau violet dans la brume"
        claire.post("/comptes/password/reset/nouveau/", {"password1": new, "password2": new})
        assert User.objects.get().check_password(new)

    def test_no_door_that_the_intruder_opened_is_left(self, person, mails, now, clock):
        """Theirs are those of the week before the change and since; those of the owner stay."""
        other = UserFactory()
        add_factor(person, Authenticator.Type.WEBAUTHN, at=now - timedelta(days=8), name="la mienne")
        add_factor(person, Authenticator.Type.WEBAUTHN, at=now - timedelta(days=6), name="la sienne")
        add_factor(other, Authenticator.Type.TOTP, at=now)
        change_address(key=issue_link(user=person, purpose=LinkPurpose.ADDRESS, email=NEW, at=now), at=now)
        cancel_key = key_in(mails.to(FORMER)[-1], CANCEL)
        clock.shift(60)
        add_factor(person, Authenticator.Type.TOTP, at=timezone.now())
        add_factor(person, Authenticator.Type.RECOVERY_CODES, at=timezone.now())
        link_identity(by=person, issuer="i", subject="intruder", siret="", at=timezone.now())

        cancel(StrictClient(), cancel_key)

        assert [factor.data["name"] for factor in Authenticator.objects.filter(user=person)] == ["la mienne"]
        assert Authenticator.objects.filter(user=other).exists()
        assert not Identity.objects.exists()
        told = next(mail for mail in mails.to(FORMER) if mail.kind == "users/address_restored")
        assert "ajouté depuis le 18/11/2026" in told.text
        assert "une application, une clé de sécurité." in told.text
        assert Event.objects.about(person).filter(kind="factor.removed").count() == 2

    def test_the_link_with_proconnect_that_the_owner_made_long_ago_stays(self, claire, person, key, mails, now):
        link_identity(by=person, issuer="i", subject="owner", siret="", at=now - timedelta(days=8))
        confirm(claire, key)

        cancel(claire, key_in(mails.to(FORMER)[-1], CANCEL))

        assert Identity.objects.get().user == person
        told = next(mail for mail in mails.to(FORMER) if mail.kind == "users/address_restored")
        assert "double authentification" not in told.text

    @pytest.mark.parametrize("again", [True, False])
    def test_it_serves_once_and_for_seven_days(self, claire, cancel_key, clock, again):
        if again:
            cancel(claire, cancel_key)
        else:
            clock.shift(timedelta(days=7))

        assert cancel(claire, cancel_key).status_code == 410

    def test_an_intruder_cannot_kill_it(self, claire, cancel_key):
        log_in(claire, NEW)
        new = "bateau violet dans la brume"
        claire.post("/mon-compte/mot-de-passe/", {"current_password": PASSWORD, "password1": new, "password2": new})
        assert ask(claire, "troisieme@example.org").status_code == 422

        assert cancel(claire, cancel_key).status_code == 302
        assert User.objects.get().email == FORMER

    def test_a_former_address_taken_meanwhile_is_a_sentence(self, claire, cancel_key):
        UserFactory(email=FORMER)

        answer = cancel(claire, cancel_key)

        assert answer.status_code == 409
        assert User.objects.filter(email=NEW).exists()


def test_of_two_accounts_that_take_one_address_one_has_it(transactional_db, now):
    people = [UserFactory(), UserFactory()]
    keys = [issue_link(user=person, purpose=LinkPurpose.ADDRESS, email=NEW, at=now) for person in people]

    outcomes = race(*[partial(change_address, key=key, at=now) for key in keys])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AddressRefused", "User"]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, AddressRefused)]
    assert "déjà celle d’un compte" in str(refused)
    assert User.objects.filter(email=NEW).count() == 1


def test_of_two_clicks_on_one_link_one_serves(transactional_db, now):
    key = issue_link(user=UserFactory(), purpose=LinkPurpose.ADDRESS, email=NEW, at=now)

    outcomes = race(*[partial(change_address, key=key, at=now)] * 2)

    assert sum(isinstance(outcome, LinkRefused) for outcome in outcomes) == 1
