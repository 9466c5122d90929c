"""« Créer un compte » (guide, 3.1): four steps, and a mail that tells its owner the truth."""

import re
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner

from chorus_org.kernel.journal.models import Event
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import plain, summary_of
from users.models import AccountRequest, AccountState, User
from users.operations.accounts import forget_unactivated

URL = "/comptes/signup/"
NEW = "nouveau@example.org"
KEY = re.compile(r"/comptes/activation/([\w-]{43})/")


@pytest.fixture
def typed(now, clock):
    """« Informations personnelles » as a person fills it in, ten seconds after the page was shown."""
    opened = TimestampSigner(salt="trap").sign("")
    clock.shift(10)
    return {
        "email": NEW,
        "last_name": "Vasseur",
        "first_name": "Claire",
        "phone": "01 23 45 67 89",
        "contact_email": "",
        "terms": "on",
        "website": "",
        "opened": opened,
    }


@pytest.fixture
def key(client, db, typed, mails):
    """The key of the link that a new person finds in the mailbox."""
    client.post(URL, typed)
    mails.run()
    [mail] = mails
    return KEY.search(mails.texts[mail.pk]).group(1)


def test_the_contact_address_is_asked_to_confirm_itself_once_the_account_is_open(client, db, typed, mails):
    contact = "contact@example.org"
    client.post(URL, typed | {"contact_email": contact})
    mails.run()
    [mail] = mails
    client.get(f"/comptes/activation/{KEY.search(mails.texts[mail.pk]).group(1)}/")
    client.post("/comptes/activation/mot-de-passe/", {"password1": PASSWORD, "password2": PASSWORD})

    assert [mail.kind for mail in mails.to(contact)] == ["users/contact_to_confirm"]
    again = client.post("/mon-compte/adresse-de-contact/", {"contact_email": contact}, follow=True)
    assert f"Un lien vient de partir à {contact}" in plain(again.text)
    assert [mail.kind for mail in mails.to(contact)] == 2 * ["users/contact_to_confirm"]


class TestPersonalInformation:
    def test_asks_what_the_guide_asks(self, client, db):
        page = plain(client.get(URL).text)

        for words in ("Créer un compte", "Étape 1 sur 4", "Nom", "Prénom", "Téléphone", "J’accepte les conditions"):
            assert words in page

    def test_sends_the_link_and_says_where(self, client, db, typed, mails):
        answer = client.post(URL, typed)
        page = client.get(answer.headers["Location"])

        assert answer.headers["Location"] == "/comptes/activation/"
        assert NEW in page.text
        assert "60 minutes" in page.text

    def test_keeps_the_account_closed_until_its_address_is_proved(self, client, db, typed, mails, now):
        client.post(URL, typed)
        mails.run()

        person = User.objects.get(email=NEW)
        assert person.state == AccountState.A_ACTIVER
        assert not person.has_usable_password()
        assert person.get_full_name() == "Claire Vasseur"
        assert person.contact_email == NEW
        assert not AccountRequest.objects.exists()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"email": ""}, "saisissez votre adresse électronique de connexion."),
            ({"email": "nouveau"}, "saisissez une adresse électronique complète"),
            ({"email": "é@example.org"}, "sans accent"),
            ({"last_name": ""}, "saisissez votre nom."),
            ({"first_name": " "}, "saisissez votre prénom."),
            ({"first_name": "Voir http://evil.example"}, "sans adresse de site"),
            ({"first_name": "Payez sur colis-poste.evil.com"}, "sans adresse de site"),
            ({"last_name": "x" * 101}, "100"),
            ({"last_name": "a\x00b"}, "caractère illisible"),
            ({"phone": "zéro un"}, "saisissez un numéro de téléphone"),
            ({"contact_email": "ailleurs"}, "saisissez une adresse électronique complète"),
            ({"terms": ""}, "acceptez les conditions"),
        ],
    )
    def test_refuses_in_words_and_keeps_what_was_typed(self, client, db, typed, mails, change, sentence):
        answer = client.post(URL, typed | change)

        assert answer.status_code == 422
        assert sentence in " ".join(summary_of(answer)).replace("\u00a0", " ").lower()
        assert 'value="01 23 45 67 89"' in answer.text or "phone" in change
        assert not AccountRequest.objects.exists()

    def test_a_person_logged_in_has_an_account_already(self, login, db):
        assert login(UserFactory()).get(URL).headers["Location"] == "/"


class TestAutomata:
    def test_what_fills_the_hidden_field_is_refused(self, client, db, typed):
        answer = client.post(URL, typed | {"website": "https://evil.example"})

        assert answer.status_code == 422
        assert "automate" in answer.text
        assert not AccountRequest.objects.exists()

    @pytest.mark.parametrize("opened", ["", "forged", "now"])
    def test_what_answers_faster_than_one_reads_is_refused(self, client, db, typed, opened):
        opened = TimestampSigner(salt="trap").sign("") if opened == "now" else opened

        assert client.post(URL, typed | {"opened": opened}).status_code == 422

    def test_a_page_of_yesterday_is_sent_again(self, client, db, typed, clock):
        clock.shift(24 * 3600 - 10)
        assert client.post(URL, typed).status_code == 302
        clock.shift(1)
        assert client.post(URL, typed).status_code == 422

    def test_a_person_taken_for_one_sends_the_page_again(self, client, db, typed, clock):
        page = client.post(URL, typed | {"website": "x"})
        opened = re.search(r'name="opened" value="([^"]+)"', page.text).group(1)
        clock.shift(5)

        assert client.post(URL, typed | {"opened": opened}).status_code == 302

    def test_an_address_gets_five_mails_an_hour(self, client, db, typed, mails):
        answers = [client.post(URL, typed) for _ in range(6)]

        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert answers[-1].headers["Retry-After"] == "3600"

    def test_a_network_asks_thirty_times_an_hour(self, client, db, typed):
        statuses = [client.post(URL, typed | {"email": f"p{n}@example.org"}).status_code for n in range(31)]

        assert statuses == [302] * 30 + [429]


@pytest.mark.parametrize(
    ("field", "typed_there", "sentence"),
    [
        ("email", f"{'j' * 65}@example.org", "Avant « @ », une adresse compte 64 caractères au plus"),
        ("last_name", "12 - .", "Un nom a des lettres"),
        ("first_name", "—", "Un nom a des lettres"),
    ],
)
def test_what_cannot_be_is_refused_in_words(client, db, typed, field, typed_there, sentence):
    answer = client.post(URL, typed | {field: typed_there})

    assert answer.status_code == 422
    assert sentence in plain(answer.text)


class TestActivation:
    def test_the_link_leads_to_a_clean_address_and_spends_nothing(self, client, key):
        for _ in range(2):
            answer = client.get(f"/comptes/activation/{key}/")
            assert answer.headers["Location"] == "/comptes/activation/mot-de-passe/"

        assert client.get("/comptes/activation/mot-de-passe/").status_code == 200

    def test_a_password_opens_the_account_and_leads_to_step_four(self, client, key, now):
        client.get(f"/comptes/activation/{key}/")
        answer = client.post("/comptes/activation/mot-de-passe/", {"password1": PASSWORD, "password2": PASSWORD})

        person = User.objects.get(email=NEW)
        assert answer.headers["Location"] == "/comptes/activation/structure/"
        assert person.is_active
        assert person.check_password(PASSWORD)
        assert Event.objects.filter(kind="account.activated", subject_id=person.public_id).count() == 1
        assert "Pour qui travaillez-vous" in client.get("/comptes/activation/structure/").text

    @pytest.mark.parametrize(
        ("first", "second", "sentence"),
        [
            ("", "", "choisissez un mot de passe"),
            ("court", "court", "compte de 12 à 128 caractères"),
            ("Bonjour2026!!", "Bonjour2026!!", "se devine"),
            (PASSWORD, "autre chose", "diffèrent"),
        ],
    )
    def test_a_weak_password_is_refused_in_words(self, client, key, first, second, sentence):
        client.get(f"/comptes/activation/{key}/")
        answer = client.post("/comptes/activation/mot-de-passe/", {"password1": first, "password2": second})

        assert answer.status_code == 422
        assert sentence in " ".join(summary_of(answer)).replace("\u00a0", " ").lower()
        assert not User.objects.get(email=NEW).is_active
        assert not first or f'value="{first}"' not in answer.text

    def test_what_was_good_of_the_password_is_ticked_without_javascript(self, client, key):
        client.get(f"/comptes/activation/{key}/")
        page = client.post("/comptes/activation/mot-de-passe/", {"password1": "Bonjour2026", "password2": ""}).text

        met = dict(re.findall(r'data-rule="(\w+)"( class="is-met")?', page))
        assert {name for name, is_met in met.items() if is_met} == {"case", "digit"}

    @pytest.mark.parametrize("minutes", [60, 61])
    def test_the_link_lapses_after_sixty_minutes(self, client, key, minutes, clock):
        clock.shift(timedelta(minutes=minutes))
        client.get(f"/comptes/activation/{key}/")
        answer = client.get("/comptes/activation/mot-de-passe/")

        assert answer.status_code == 410
        assert "Recevoir un nouveau lien" in answer.text

    def test_a_link_serves_once(self, client, key):
        client.get(f"/comptes/activation/{key}/")
        client.post("/comptes/activation/mot-de-passe/", {"password1": PASSWORD, "password2": PASSWORD})
        client.logout()
        client.get(f"/comptes/activation/{key}/")

        assert client.get("/comptes/activation/mot-de-passe/").status_code == 410

    def test_a_new_link_kills_the_former(self, client, key, mails):
        assert client.post("/comptes/activation/", {"email": NEW}).status_code == 302
        mails.run()
        second = KEY.search(mails.texts[mails.to(NEW)[-1].pk]).group(1)

        statuses = []
        for one in (key, second):
            client.get(f"/comptes/activation/{one}/")
            statuses.append(client.get("/comptes/activation/mot-de-passe/").status_code)
        assert statuses == [410, 200]

    @pytest.mark.parametrize("key", ["x" * 43, "é"])
    def test_an_invented_link_opens_nothing(self, client, db, key):
        client.get(f"/comptes/activation/{key}/")

        assert client.get("/comptes/activation/mot-de-passe/").status_code == 410

    def test_no_link_of_another_purpose_opens_it(self, client, db, mails, now):
        person = UserFactory(email="claire@example.org")
        client.post("/comptes/password/reset/", {"email": person.email})
        mails.run()
        key = re.search(r"/comptes/password/reset/([\w-]{43})/", mails.texts[mails.to(person.email)[0].pk]).group(1)
        client.get(f"/comptes/activation/{key}/")

        assert client.get("/comptes/activation/mot-de-passe/").status_code == 410


class TestTwoRequestsForOneAddress:
    """A stranger fills « Créer un compte » with somebody else's address: nothing of theirs survives (allauth#3353)."""

    STEP_3 = "/comptes/activation/mot-de-passe/"
    STRANGER = {
        "last_name": "Intrus",
        "first_name": "Jean",
        "phone": "06 00 00 00 00",
        "contact_email": "i@example.org",
    }
    PASSWORDS = {"password1": PASSWORD, "password2": PASSWORD}

    @pytest.fixture
    def links(self, client, db, typed, mails):
        """The link of the stranger's request, and that of the owner's, who asks afterwards."""
        client.post(URL, typed | self.STRANGER)
        mails.run()
        client.post(URL, typed)
        mails.run()
        return [f"/comptes/activation/{KEY.search(mails.texts[mail.pk]).group(1)}/" for mail in mails]

    def open(self, client, link, **more):
        client.get(link)
        return client.post(self.STEP_3, self.PASSWORDS | more)

    def test_the_link_that_is_opened_decides(self, client, links, mails):
        self.open(client, links[1])

        person = User.objects.get()
        assert (person.get_full_name(), person.phone) == ("Claire Vasseur", "01 23 45 67 89")
        assert person.contact_email == NEW
        assert not mails.to("i@example.org")

    def test_the_terms_are_those_that_its_request_accepted(self, client, db, typed, mails, clock, now):
        client.post(URL, typed | self.STRANGER)
        mails.run()
        clock.shift(300)
        client.post(URL, typed)
        mails.run()
        accepted = list(mails)[-1].created_at

        self.open(client, f"/comptes/activation/{KEY.search(mails.texts[list(mails)[-1].pk]).group(1)}/")

        assert User.objects.get().terms_accepted_at == accepted > now + timedelta(minutes=5)

    def test_the_others_die(self, client, links):
        self.open(client, links[1])
        client.logout()

        assert self.open(client, links[0]).status_code == 410
        assert User.objects.get().last_name == "Vasseur"

    def test_the_owner_who_opens_the_other_one_sees_what_it_says_and_corrects_it(self, client, links, mails):
        client.get(links[0])
        page = client.get(self.STEP_3).text
        assert all(said in page for said in ("Intrus", "Jean", "06 00 00 00 00", "i@example.org"))

        mine = {"last_name": "Vasseur", "first_name": "Claire", "phone": "", "contact_email": ""}
        self.open(client, links[0], **mine)

        person = User.objects.get()
        assert (person.get_full_name(), person.phone, person.contact_email) == ("Claire Vasseur", "", NEW)
        assert not mails.to("i@example.org")

    def test_a_correction_is_refused_in_words(self, client, links):
        client.get(links[1])

        answer = client.post(self.STEP_3, self.PASSWORDS | {"last_name": "", "first_name": "Claire", "phone": "non"})

        assert answer.status_code == 422
        assert "Saisissez votre nom." in plain(answer.text)
        assert User.objects.get().state == AccountState.A_ACTIVER

    def test_each_mail_greets_whom_its_request_named(self, links, mails):
        assert [re.search(r"Bonjour (\w+)", mails.texts[mail.pk])[1] for mail in mails] == ["Jean", "Claire"]


def test_an_account_that_nobody_activated_is_forgotten_after_a_week(client, db, typed, mails, now):
    client.post(URL, typed)
    mails.run()
    asked = User.objects.get().state_since

    forget_unactivated(at=asked + timedelta(days=7))
    assert User.objects.exists()
    forget_unactivated(at=asked + timedelta(days=7, seconds=1))
    assert not User.objects.exists()
