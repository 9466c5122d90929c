"""« S’identifier avec ProConnect » (domain, 11): a second door, which says who is there and gives nothing else."""

import html
import json
import re
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from chorus_org.kernel.journal.models import Event
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import by_id, plain
from tests.support.proconnect import CLIENT_ID, SECRET, callback, provider_of_identities
from tests.support.races import race
from users.models import AccountState, Identity, User
from users.operations.erasure import erase_person
from users.operations.proconnect import IdentityRefused, link_identity

START, RETURN = "/comptes/proconnect/", "/comptes/proconnect/retour/"
FIRST, MINE = "/comptes/proconnect/premiere-fois/", "/mon-compte/proconnect/"
LOGIN, CODE = "/comptes/login/", "/comptes/2fa/code/"


@pytest.fixture
def provider(settings):
    with provider_of_identities() as provider:
        settings.PROCONNECT_ISSUER = provider.issuer
        settings.PROCONNECT_CLIENT_ID, settings.PROCONNECT_CLIENT_SECRET = CLIENT_ID, SECRET
        yield provider


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


@pytest.fixture
def linked(person, provider, now):
    link_identity(by=person, issuer=provider.issuer, subject="agent-1", siret="21750001600019", at=now)
    return person


def led_to(answer):
    """Where a page leads at once: the link says the same for those whose browser does not go by itself."""
    delay, address = answer.headers["Refresh"].split("; url=", 1)
    assert (answer.status_code, delay) == (200, "0")
    assert html.escape(address) in answer.text
    return address


def come_back(client, provider, **given):
    """Go to the provider by the button, and come back."""
    return client.get(callback(provider.authorize(led_to(client.post(START))) | given))


def log_in(client, email="claire@example.org"):
    return client.post(LOGIN, {"login": email, "password": PASSWORD})


def is_logged_in(client):
    return "_auth_user_id" in client.session


class TestClosed:
    @pytest.mark.parametrize("page", [START, RETURN, FIRST, MINE])
    def test_nothing_of_it_exists(self, client, person, page):
        client.force_login(person)

        assert client.post(page).status_code in {404, 405}
        assert client.get(page).status_code in {404, 405}
        assert "ProConnect" not in StrictClient().get(LOGIN).text
        assert "ProConnect" not in client.get("/mon-compte/").text


class TestKnown:
    def test_the_button_leads_to_the_provider_with_all_that_protects_the_way(self, client, db, provider):
        assert "S’identifier avec ProConnect" in plain(client.get(LOGIN).text)
        sent = urlsplit(led_to(client.post(START)))
        asked = {name: value for name, [value] in parse_qs(sent.query).items()}

        assert asked["scope"] == "openid given_name usual_name email siret"
        assert asked["acr_values"] == "eidas1"
        assert asked["redirect_uri"] == "http://127.0.0.1:8000/comptes/proconnect/retour/"
        assert len(asked["state"]) >= 20
        assert len(asked["nonce"]) >= 20
        assert len(asked["code_challenge"]) == 43

    def test_who_is_known_is_logged_in(self, client, linked, provider):
        assert come_back(client, provider).headers["Location"] == "/"
        assert is_logged_in(client)

    def test_the_page_that_was_wanted_comes_next(self, client, linked, provider):
        sent = client.post(f"{START}?next=/organisation/structures/")
        answer = client.get(callback(provider.authorize(led_to(sent))))

        assert answer.headers["Location"] == "/organisation/structures/"

    def test_the_second_factor_is_asked_as_always(self, client, linked, provider, settings, mails):
        settings.SECOND_FACTOR_REQUIRED = True

        assert come_back(client, provider).headers["Location"] == CODE
        assert not is_logged_in(client)
        [code] = re.findall(r"^[0-9]{6}$", mails.to(linked.email)[-1].text, re.MULTILINE)
        assert client.post(CODE, {"code": code}).headers["Location"] == "/"
        assert is_logged_in(client)

    def test_it_does_not_stand_for_the_password_where_that_is_asked_again(self, client, linked, provider):
        come_back(client, provider)

        assert 'name="password"' in client.get(client.get("/mon-compte/adresse/").headers["Location"]).text

    @pytest.mark.parametrize("state", [AccountState.SUSPENDU, AccountState.DESACTIVE, AccountState.INUTILISE])
    def test_an_account_that_does_not_act_stays_closed(self, client, linked, provider, state):
        User.objects.filter(pk=linked.pk).update(state=state)

        answer = come_back(client, provider)

        assert answer.status_code == 403
        assert f"Ce compte est {AccountState(state).label.lower()}" in plain(answer.text)
        assert not is_logged_in(client)

    def test_the_address_names_nobody(self, client, linked, provider):
        """The subject alone does: an address passes from hand to hand."""
        provider.claims |= {"sub": "agent-2", "email": linked.email}

        assert come_back(client, provider).headers["Location"] == FIRST
        assert not is_logged_in(client)


class TestUnknown:
    def test_the_page_is_the_same_whatever_the_account(self, client, db, provider):
        seen = []
        for state in (None, *AccountState):
            User.objects.all().delete()
            if state:
                UserFactory(email="claire@ville.example.org", state=state)
            visitor = StrictClient()
            answer = come_back(visitor, provider)
            seen.append((answer.headers["Location"], visitor.get(FIRST).text))

        assert all(one == seen[0] for one in seen)
        assert "Claire Vasseur" in seen[0][1]
        assert "qui ne donne aucun droit" in seen[0][1]

    def test_who_has_no_account_finds_the_first_step_filled(self, client, db, provider):
        come_back(client, provider)
        page = client.get("/comptes/signup/")

        fields = {name: dict(by_id(page, f"id_{name}").attributes)["value"] for name in ("email", "last_name")}
        assert fields == {"email": "claire@ville.example.org", "last_name": "Vasseur"}
        assert not User.objects.exists()

    def test_who_has_one_logs_in_then_links_it(self, client, person, provider, mails):
        come_back(client, provider)
        page = client.get(FIRST)
        assert f"{LOGIN}?next={MINE.replace('/', '%2F')}" in page.text
        answer = client.post(f"{LOGIN}?next={MINE}", {"login": person.email, "password": PASSWORD})
        assert answer.headers["Location"] == MINE
        assert not Identity.objects.exists()
        assert "Relier ce compte à ProConnect" in plain(client.get(MINE).text)

        client.post(MINE, {"action": "link"})

        identity = Identity.objects.get()
        assert (identity.user, identity.subject, identity.siret) == (person, "agent-1", "21750001600019")
        assert "217" in client.get(MINE).text
        assert [mail.kind for mail in mails.to(person.email)] == ["users/proconnect_linked"]
        assert Event.objects.about(person).filter(kind="proconnect.linked").get().details == {}
        client.post("/comptes/logout/")
        assert come_back(client, provider).headers["Location"] == "/"

    def test_who_logs_in_otherwise_brings_nothing_of_it(self, client, person, provider):
        """It may be the answer about somebody else, left in the browser."""
        come_back(client, provider)

        client.post(LOGIN, {"login": person.email, "password": PASSWORD})

        assert "Relier ce compte à ProConnect" not in plain(client.get(MINE).text)
        assert "agent-1" not in str(dict(client.session))

    def test_what_was_given_is_forgotten_after_half_an_hour(self, client, person, provider, clock):
        come_back(client, provider)
        clock.shift(timedelta(minutes=31))

        assert client.get(FIRST).headers["Location"] == LOGIN

    def test_linking_asks_for_a_proof_of_the_last_five_minutes(self, client, person, provider, clock):
        log_in(client)
        come_back(client, provider)
        clock.shift(301)

        assert client.post(MINE, {"action": "link"}).headers["Location"].startswith("/comptes/reauthenticate/")
        assert not Identity.objects.exists()

    @pytest.mark.parametrize("name", ["\u200bClaire", "x" * 101, 7, None, ["a"]])
    def test_a_name_that_nobody_types_is_left_out(self, client, db, provider, name):
        provider.claims |= {"given_name": name, "siret": {"a": 1}, "email": "pas une adresse"}

        assert come_back(client, provider).headers["Location"] == FIRST
        assert client.get(FIRST).status_code == 200
        assert 'value="Vasseur"' in client.get("/comptes/signup/").text


class TestLink:
    def test_an_identity_is_that_of_one_account(self, client, linked, provider):
        other = UserFactory()
        log_in(client, other.email)
        assert come_back(client, provider).headers["Location"] == MINE

        answer = client.post(MINE, {"action": "link"})

        assert answer.status_code == 409
        assert "déjà reliée à un autre compte" in plain(answer.text)
        assert linked.email not in answer.text
        assert Identity.objects.get().user == linked

    def test_an_account_has_one_identity(self, linked, provider, now):
        with pytest.raises(IdentityRefused, match="déjà relié"):
            link_identity(by=linked, issuer=provider.issuer, subject="agent-2", siret="", at=now)

    def test_it_is_removed_by_its_owner_who_is_told(self, client, linked, provider, mails):
        log_in(client)
        client.post(MINE, {"action": "unlink"})

        assert not Identity.objects.exists()
        assert mails.to(linked.email)[-1].kind == "users/proconnect_unlinked"
        assert client.post(MINE, {"action": "unlink"}).status_code == 409

    def test_an_account_that_does_not_act_is_not_linked(self, person, now):
        User.objects.filter(pk=person.pk).update(state=AccountState.SUSPENDU)

        with pytest.raises(IdentityRefused):
            link_identity(by=person, issuer="i", subject="s", siret="", at=now)

    def test_it_goes_with_the_person(self, linked, now):
        erase_person(user=linked, at=now)

        assert not Identity.objects.exists()

    def test_of_two_accounts_that_take_one_identity_one_has_it(self, transactional_db, now):
        acts = [partial(link_identity, by=UserFactory(), issuer="i", subject="s", siret="", at=now) for _ in range(2)]

        outcomes = race(*acts)

        assert sum(isinstance(one, IdentityRefused) for one in outcomes) == 1
        assert Identity.objects.count() == 1


LIES = {
    "a nonce of another session": {"id_token": {"nonce": "autre"}},
    "no nonce": {"id_token": {"nonce": None}},
    "an id token for somebody else's portal": {"id_token": {"aud": "autre"}},
    "an id token of somebody else": {"id_token": {"iss": "https://autre.example"}},
    "an id token that has lapsed": {"id_token": {"exp": 1}},
    "a level that is not enough": {"id_token": {"acr": "eidas0"}},
    "no level": {"id_token": {"acr": None}},
    "no subject": {"id_token": {"sub": None}},
    "an answer for somebody else's portal": {"userinfo": {"aud": "autre"}},
    "an answer of somebody else": {"userinfo": {"iss": "https://autre.example"}},
    "an answer that has lapsed": {"userinfo": {"exp": 1}},
    "an answer about somebody else": {"userinfo": {"sub": "agent-2"}},
}
BROKEN = {
    "/token": [500, 404, "rien", "[]", json.dumps({"access_token": "jeton", "token_type": "Bearer"})],
    "/userinfo": [500, 401, "", json.dumps({"sub": "agent-1"}), "a.b.c"],
    "/jwks": [500, "rien", "{}"],
}


class TestMistrust:
    @pytest.mark.parametrize("lie", LIES)
    def test_what_is_not_said_to_us_is_not_believed(self, client, linked, provider, lie):
        provider.lies = LIES[lie]

        self.assert_refused(client, come_back(client, provider), 502)

    @pytest.mark.parametrize("name", ["id_token", "userinfo"])
    def test_what_it_did_not_sign_is_not_believed(self, client, linked, provider, name):
        provider.forges = {name}

        self.assert_refused(client, come_back(client, provider), 502)

    @pytest.mark.parametrize(("path", "whim"), [(path, whim) for path, whims in BROKEN.items() for whim in whims])
    def test_a_provider_that_fails_is_told_in_words(self, client, linked, provider, path, whim):
        provider.broken = {path: whim}

        self.assert_refused(client, come_back(client, provider), 502)

    @pytest.mark.parametrize("whim", [500, "rien", "{}"])
    def test_a_provider_that_does_not_describe_itself_is_told_in_words(self, client, linked, provider, whim):
        provider.broken = {"/.well-known/openid-configuration": whim}

        self.assert_refused(client, client.post(START), 502)

    def test_its_description_is_read_again_after_an_hour(self, client, db, provider, clock):
        client.post(START)
        provider.broken = {"/.well-known/openid-configuration": 500}
        assert client.post(START).status_code == 200
        clock.shift(3600)

        assert client.post(START).status_code == 502

    def test_a_provider_that_is_not_there_is_told_in_words(self, client, db, settings, provider):
        settings.PROCONNECT_ISSUER = "http://127.0.0.1:9"

        self.assert_refused(client, client.post(START), 502)

    @pytest.mark.parametrize(
        "given",
        [{}, {"state": "autre"}, {"code": "code-0"}, {"code": "x", "state": "x"}, {"error": "access_denied"}],
    )
    def test_who_did_not_go_by_the_button_is_refused(self, client, linked, provider, given):
        self.assert_refused(client, client.get(callback(given)), 400)

    def test_the_answer_of_another_session_is_refused(self, client, linked, provider):
        sent = StrictClient().post(START)

        self.assert_refused(client, client.get(callback(provider.authorize(led_to(sent)))), 400)

    def test_a_code_serves_once(self, client, linked, provider):
        given = callback(provider.authorize(led_to(client.post(START))))
        client.get(given)
        client.post("/comptes/logout/")

        self.assert_refused(client, client.get(given), 400)

    @staticmethod
    def assert_refused(client, answer, status):
        assert answer.status_code == status
        assert "mot de passe" in plain(answer.text)
        assert f'href="{LOGIN}"' in answer.text
        assert not is_logged_in(client)


class TestLogout:
    def test_the_session_of_the_provider_ends_too(self, client, linked, provider):
        come_back(client, provider)
        answer = client.post("/comptes/logout/")
        sent = urlsplit(led_to(answer))
        told = parse_qs(sent.query)

        assert not is_logged_in(client)
        assert answer.headers["Clear-Site-Data"]
        assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{provider.issuer}/logout"
        assert told["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/"]
        assert told["id_token_hint"][0].count(".") == 2
        assert told["state"]

    def test_who_came_by_the_password_leaves_the_portal_alone(self, client, linked):
        log_in(client)

        assert client.post("/comptes/logout/").headers["Location"] == "/"
