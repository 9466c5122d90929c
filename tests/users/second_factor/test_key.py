"""Security keys and passkeys: a key answers the site alone, once, and counts."""

import json
from functools import partial

import pytest
from allauth.mfa.models import Authenticator

from chorus_org.kernel.journal.models import Event
from tests.support.factories import PASSWORD, UserFactory
from tests.support.htmx import HtmxPage
from tests.support.keys import SoftKey
from tests.support.pages import elements, error_of, plain, summary_of, text_of, tree
from tests.support.races import race
from users.models import User
from users.operations.second_factor.factors import FactorRefused, add_application, add_key, use_key

LOGIN, HOME = "/comptes/login/", "/comptes/2fa/"
ADD, ASKED = "/comptes/2fa/webauthn/add/", "/comptes/2fa/authenticate/"
PROOF = "/comptes/reauthenticate/"


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


@pytest.fixture
def key():
    return SoftKey()


@pytest.fixture
def inside(client, person):
    log_in(client)
    return client


@pytest.fixture
def enrolled(inside, person, key):
    """A person who has a key, and is logged out."""
    assert add(inside, key).status_code == 200
    inside.post("/comptes/logout/")
    return person


def log_in(client, email="claire@example.org"):
    return client.post(LOGIN, {"login": email, "password": PASSWORD})


def options(page):
    [form] = [form for form in elements(tree(page), "form") if "data-options" in dict(form.attributes)]
    return json.loads(dict(form.attributes)["data-options"])


def add(client, key, name="Clé du bureau"):
    return client.post(ADD, {"name": name, "answer": key.create(options(client.get(ADD)))})


def remove(person):
    return f"/comptes/2fa/webauthn/keys/{Authenticator.objects.get(user=person, type='webauthn').pk}/remove/"


def answer(client, key, page=ASKED):
    return client.post(page, {"answer": key.get(options(client.get(page)))})


@pytest.mark.parametrize("deep", ["[" * 20_000, '{"a":' * 3000])
def test_an_answer_too_deep_to_read_is_refused_in_words(inside, deep):
    inside.get(ADD)

    assert inside.post(ADD, {"name": "Clé", "answer": deep}).status_code == 422


def is_logged_in(client):
    return "_auth_user_id" in client.session


class TestAdding:
    def test_the_first_key_brings_ten_recovery_codes_and_its_owner_is_told(self, inside, person, key, mails):
        page = add(inside, key)

        assert len([*elements(tree(page), "code")]) == 10
        assert [mail.kind for mail in mails] == ["users/factor_added", "users/recovery_codes_made"]
        assert "une clé de sécurité" in [*mails][0].text
        [event] = Event.objects.about(person).filter(kind="factor.added")
        assert event.details == {"factor": "webauthn"}
        assert "Clé du bureau" in inside.get(HOME).text

    def test_the_next_one_brings_none(self, inside, key):
        first = text_of(next(elements(tree(add(inside, key)), "code")))
        answer(inside, key, f"{PROOF}?next={ADD}")

        assert add(inside, SoftKey(), "Téléphone").headers["Location"] == HOME
        assert first not in inside.get(HOME).text
        assert Authenticator.objects.filter(type="recovery_codes").count() == 1

    def test_other_sessions_end(self, inside, person, key):
        other = type(inside)()
        other.force_login(person)
        add(inside, key)

        assert other.get("/mon-compte/").status_code == 302
        assert inside.get("/mon-compte/").status_code == 200

    @pytest.mark.parametrize("name", ["", "  ", "x" * 51])
    def test_a_name_is_needed(self, inside, person, key, name):
        page = add(inside, key, name)

        assert page.status_code == 422
        assert error_of(page, "name")
        assert not Authenticator.objects.exists()

    @pytest.mark.parametrize(
        "sent", ["", "rien", "[]", "null", "{}", '{"id": 1}', '{"id": "a", "rawId": "b", "response": {}}', "é" * 200]
    )
    def test_what_is_no_answer_is_refused_in_words(self, inside, sent):
        inside.get(ADD)
        page = inside.post(ADD, {"name": "Clé", "answer": sent})

        assert page.status_code == 422
        assert "Recommencez" in " ".join(summary_of(page))
        assert not Authenticator.objects.exists()

    def test_the_answer_is_for_this_challenge_and_serves_once(self, inside, key):
        sent = {"name": "Clé", "answer": key.create(options(inside.get(ADD)))}
        inside.get(ADD)

        assert inside.post(ADD, sent).status_code == 422

    def test_the_answer_is_for_this_site(self, inside):
        assert add(inside, SoftKey(origin="https://evil.example")).status_code == 422

    def test_a_key_is_registered_once_by_whomever(self, inside, key, now):
        add(inside, key)
        stranger = type(inside)()
        log_in(stranger, UserFactory().email)

        page = add(stranger, key)

        assert page.headers["Location"] == HOME
        assert "déjà enregistrée" in stranger.get(HOME).text
        assert Authenticator.objects.filter(type="webauthn").count() == 1

    def test_ten_are_enough(self, person, now):
        for number in range(10):
            add_key(user_id=person.pk, name="Clé", credential={"id": str(number)}, session="", at=now)

        with pytest.raises(FactorRefused, match="déjà 10 clés"):
            add_key(user_id=person.pk, name="Clé", credential={"id": "10"}, session="", at=now)

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_proof_of_the_last_five_minutes_is_asked_for(self, inside, clock, method):
        clock.shift(301)

        assert getattr(inside, method)(ADD).headers["Location"].startswith(PROOF)


class TestLogin:
    def test_the_key_is_asked_for_after_the_password_and_opens(self, client, enrolled, key, now):
        assert log_in(client).headers["Location"] == ASKED
        assert not is_logged_in(client)

        assert answer(client, key).headers["Location"] == "/"
        assert is_logged_in(client)
        assert Authenticator.objects.get(type="webauthn").last_used_at == now

    def test_without_javascript_a_recovery_code_is_left_and_the_page_says_so(self, client, enrolled):
        log_in(client)
        page = client.get(ASKED)

        assert "Votre navigateur n’interroge une clé qu’avec JavaScript" in plain(page.text)
        assert "Code de secours" in page.text

    def test_another_key_opens_nothing_with_the_same_words_as_a_strangers(self, client, enrolled, person):
        other = SoftKey()
        stranger = type(client)()
        log_in(stranger, UserFactory(email="autre@example.org").email)
        add(stranger, other)
        log_in(client)

        pages = [answer(client, wrong) for wrong in (SoftKey(), other)]

        assert [page.status_code for page in pages] == [422, 422]
        assert summary_of(pages[0]) == summary_of(pages[1]) != []
        assert not is_logged_in(client)

    def test_an_answer_is_for_this_challenge(self, client, enrolled, key):
        log_in(client)
        sent = {"answer": key.get(options(client.get(ASKED)))}
        client.get(ASKED)

        assert client.post(ASKED, sent).status_code == 422
        assert not is_logged_in(client)

    def test_an_answer_is_for_this_site(self, client, enrolled, key):
        key.origin = "https://evil.example"
        log_in(client)

        assert answer(client, key).status_code == 422

    def test_a_copy_is_found_by_its_count(self, client, enrolled, key):
        log_in(client)
        answer(client, key)
        client.post("/comptes/logout/")
        key.counter = 0
        log_in(client)

        assert answer(client, key).status_code == 422

    def test_a_key_that_does_not_count_serves(self, inside, person):
        key = SoftKey(counts=False)
        add(inside, key)
        for _ in range(2):
            inside.post("/comptes/logout/")
            log_in(inside)
            assert answer(inside, key).status_code == 302

    @pytest.mark.parametrize("sent", ["", "rien", "[]", "{}", '{"id": 1}', '{"response": {"signature": 1}}'])
    def test_what_is_no_answer_is_refused_in_words(self, client, enrolled, sent):
        log_in(client)
        client.get(ASKED)
        page = client.post(ASKED, {"answer": sent})

        assert page.status_code == 422
        assert "Recommencez" in " ".join(summary_of(page))

    def test_wrong_answers_count_in_the_lock_of_codes(self, client, enrolled, key):
        log_in(client)
        for _ in range(5):
            answer(client, SoftKey())

        assert answer(client, key).status_code == 429
        assert not is_logged_in(client)

    def test_an_answer_without_a_login_under_way_opens_nothing(self, client, enrolled, key):
        log_in(client)
        sent = {"answer": key.get(options(client.get(ASKED)))}

        assert type(client)().post(ASKED, sent).headers["Location"] == LOGIN

    def test_the_application_serves_beside_the_key(self, client, enrolled, person, now):
        add_application(user_id=person.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
        log_in(client)

        assert "6 chiffres" in plain(client.get(ASKED).text) or "Code" in client.get(ASKED).text
        assert "Ou un code de secours" in client.get(ASKED).text


class TestProof:
    def test_the_password_then_the_key(self, client, enrolled, key, clock):
        log_in(client)
        answer(client, key)
        clock.shift(301)
        page = f"{PROOF}?next={ADD}"

        assert client.get(ADD).headers["Location"].startswith(PROOF)
        assert client.post(page, {"password": PASSWORD}).headers["Location"] == page
        assert answer(client, key, page).headers["Location"] == ADD
        assert client.get(ADD).status_code == 200


class TestRemoving:
    def test_the_last_one_takes_the_recovery_codes_along(self, inside, person, key, mails):
        add(inside, key)
        answer(inside, key, f"{PROOF}?next={ADD}")
        page = remove(person)
        assert "Clé du bureau" in inside.get(page).text

        assert inside.post(page).headers["Location"] == HOME
        assert not Authenticator.objects.exists()
        assert mails.to(person.email)[-1].kind == "users/factor_removed"
        assert Event.objects.about(person).filter(kind="factor.removed").get().details == {"factor": "webauthn"}

    def test_is_asked_in_a_dialog_too(self, inside, person, key):
        add(inside, key)
        answer(inside, key, f"{PROOF}?next={ADD}")
        page = HtmxPage(inside, inside.get(HOME))

        page.trigger(page.find("a", **{"hx-get": remove(person)}))
        assert text_of(page.by_id("question-titre")) == "Retirer la clé Clé du bureau ?"
        page.trigger(page.find("form", **{"hx-post": remove(person)}))

        assert page.url == HOME
        assert "La clé est retirée" in text_of(page.by_id("messages"))
        assert not Authenticator.objects.exists()

    def test_with_an_application_left_they_stay(self, inside, person, key, now):
        add(inside, key)
        answer(inside, key, f"{PROOF}?next={ADD}")
        add_application(user_id=person.pk, secret="JBSWY3DPEHPK3PXP", session=inside.session.session_key, at=now)
        inside.post(remove(person))

        assert {one.type for one in Authenticator.objects.all()} == {"totp", "recovery_codes"}

    def test_another_persons_is_a_404(self, inside, person, key, now):
        other = UserFactory()
        add_key(user_id=other.pk, name="Clé", credential={"id": "x"}, session="", at=now)

        assert inside.get(remove(other)).status_code == 404
        assert inside.post(remove(other)).status_code == 404
        assert Authenticator.objects.filter(user=other).exists()


def test_a_key_is_enough_for_an_operator(client, person, key, settings, now):
    person.is_staff = True
    person.save()
    settings.SECOND_FACTOR_REQUIRED = True
    add_key(user_id=person.pk, name="Clé", credential={"id": "x"}, session="", at=now)

    client.force_login(User.objects.get())

    assert "Les exploitants ne peuvent pas" not in client.get(HOME).text


def test_of_two_uses_of_one_count_one_alone_serves(transactional_db, now):
    person = UserFactory()
    add_key(user_id=person.pk, name="Clé", credential={"id": "x"}, session="", at=now)
    key = Authenticator.objects.get()

    outcomes = race(*[partial(use_key, user_id=person.pk, key_id=key.pk, counter=1, at=now)] * 2)

    assert sorted(outcomes) == [False, True]
