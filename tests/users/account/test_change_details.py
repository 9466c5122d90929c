"""« Mon compte »: each detail changed in its place with HTMX, on its own page without."""

import re
from datetime import timedelta

import pytest

from chorus_org.kernel.journal.models import Event
from tests.support.factories import UserFactory
from tests.support.pages import by_id, error_of, plain, summary_of, text_of
from tests.support.queries import count_queries
from users.models import Link, Notice, User
from users.operations.details import change_details

URL = "/mon-compte/"
CONFIRM = "/mon-compte/contact/"
KEY = re.compile(r"/mon-compte/contact/([\w-]{43})/")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org", last_name="Vasseur", first_name="Claire")


@pytest.fixture
def claire(login, person):
    return login(person)


@pytest.fixture
def key(claire, mails):
    """The key that the new contact address finds in its mailbox."""
    claire.post(URL + "adresse-de-contact/", {"contact_email": "equipe@example.org"})
    [mail] = mails.to("equipe@example.org")
    return KEY.search(mail.text).group(1)


def confirm(client, key):
    client.get(f"{CONFIRM}{key}/")
    return client.post(CONFIRM)


def test_the_page_shows_every_detail_and_how_to_change_it(claire):
    page = claire.get(URL)

    for words in ("Vasseur", "Claire", "Non renseigné", "claire@example.org", "Décisions sur mes demandes"):
        assert words in plain(page.text)
    for slug in ("nom", "prenom", "telephone", "adresse-professionnelle", "adresse-de-contact", "notifications"):
        assert f'href="/mon-compte/{slug}/"' in page.text
        assert text_of(by_id(page, f"detail-{slug}"))


def test_the_page_asks_the_database_no_more_than_the_header_does(claire):
    assert count_queries(claire, URL) <= 4


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("slug", "data", "name", "value"),
    [
        ("nom", {"last_name": " Lenoir "}, "last_name", "Lenoir"),
        ("prenom", {"first_name": "Zoé"}, "first_name", "Zoé"),
        ("telephone", {"phone": "01 23 45 67 89"}, "phone", "01 23 45 67 89"),
        ("adresse-professionnelle", {"work_address": "1 rue X, Paris"}, "work_address", "1 rue X, Paris"),
        ("notifications", {"notices": ["RESUME"]}, "notices", ["RESUME"]),
        ("notifications", {}, "notices", []),
    ],
)
def test_a_detail_is_changed_and_the_page_shows_it(claire, person, slug, data, name, value, headers):
    answer = claire.post(f"{URL}{slug}/", data, headers=headers, follow=True)

    person.refresh_from_db()
    assert getattr(person, name) == value
    assert answer.redirect_chain == [(URL, 302)]
    assert by_id(answer, f"detail-{slug}")
    assert "a bien été effectuée" in text_of(by_id(answer, "messages"))


def test_the_form_is_the_same_part_as_the_value_it_replaces(claire):
    assert by_id(claire.get(URL), "detail-nom")
    form = by_id(claire.get(f"{URL}nom/", headers=HTMX), "detail-nom")

    assert "Enregistrer" in text_of(form)
    assert "Annuler" in text_of(form)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("slug", "name", "typed", "sentence"),
    [
        ("nom", "last_name", "", "Saisissez votre nom."),
        ("nom", "last_name", "www.evil.example", "Saisissez un nom, sans adresse de site."),
        ("telephone", "phone", "zéro un", "numéro de téléphone"),
        ("adresse-professionnelle", "work_address", "x" * 256, "255"),
        ("adresse-de-contact", "contact_email", "ailleurs", "adresse électronique complète"),
        ("notifications", "notices", "TOUT", "Choisissez parmi les avis proposés."),
    ],
)
def test_a_mistake_is_a_sentence_and_keeps_what_was_typed(claire, person, slug, name, typed, sentence, headers):
    answer = claire.post(f"{URL}{slug}/", {name: typed}, headers=headers)

    assert answer.status_code == 422
    assert sentence in error_of(answer, name)
    assert summary_of(answer)
    assert f'value="{typed}"' in answer.text or not typed or name == "notices"
    assert getattr(User.objects.get(), name) == getattr(person, name)
    assert not Event.objects.exists()


def test_the_event_names_the_field_and_holds_no_value(claire, person):
    claire.post(f"{URL}nom/", {"last_name": "Lenoir"})

    event = Event.objects.get()
    assert (event.kind, event.actor_id, event.subject_id) == (
        "account.details_changed",
        person.public_id,
        person.public_id,
    )
    assert event.details == {"fields": ["last_name"]}


def test_what_did_not_change_leaves_no_event(claire, person):
    claire.post(f"{URL}nom/", {"last_name": "Vasseur"})

    assert not Event.objects.exists()


def test_no_other_field_is_written_along(claire, person):
    claire.post(
        f"{URL}nom/", {"last_name": "Lenoir", "email": "x@example.org", "is_staff": "on", "phone": "0102030405"}
    )

    person.refresh_from_db()
    assert (person.email, person.is_staff, person.phone) == ("claire@example.org", False, "")


@pytest.mark.parametrize("slug", ["email", "is_staff", "last_name", "inconnu"])
def test_what_is_no_detail_is_not_found(claire, slug):
    assert claire.get(f"{URL}{slug}/").status_code == 404
    assert claire.post(f"{URL}{slug}/", {"email": "x@example.org"}).status_code == 404


class TestContactAddress:
    def test_is_told_to_confirm_itself_and_notices_wait(self, claire, person, key, mails):
        person.refresh_from_db()
        assert person.contact_email == "equipe@example.org"
        assert person.notices_email == "claire@example.org"
        shown = text_of(by_id(claire.get(URL), "detail-adresse-de-contact"))
        assert "À confirmer" in shown
        assert "claire@example.org" in shown
        assert "Vasseur" not in mails.to("equipe@example.org")[0].text

    def test_is_confirmed_by_a_button_never_by_the_link_alone(self, claire, person, key):
        answer = claire.get(f"{CONFIRM}{key}/")
        assert answer.headers["Location"] == CONFIRM
        page = claire.get(CONFIRM)
        assert "Confirmer cette adresse" in page.text
        assert not User.objects.get().contact_confirmed_at

        assert claire.post(CONFIRM).headers["Location"] == URL
        assert User.objects.get().notices_email == "equipe@example.org"
        assert "contact.confirmed" in Event.objects.values_list("kind", flat=True)
        assert "À confirmer" not in claire.get(URL).text

    def test_is_confirmed_without_a_session(self, client, claire, key):
        claire.logout()

        assert confirm(claire, key).headers["Location"] == "/"
        assert User.objects.get().contact_confirmed_at

    def test_a_link_serves_once(self, claire, key):
        confirm(claire, key)

        assert confirm(claire, key).status_code == 410

    def test_a_link_lapses_after_seven_days(self, claire, person, key, clock):
        clock.shift(timedelta(days=7))

        assert confirm(claire, key).status_code == 410
        assert not User.objects.get().contact_confirmed_at

    def test_a_new_address_kills_the_former_link(self, claire, key):
        claire.post(URL + "adresse-de-contact/", {"contact_email": "autre@example.org"})

        assert confirm(claire, key).status_code == 410
        assert not User.objects.get().contact_confirmed_at

    @pytest.mark.parametrize("typed", ["", "claire@example.org"])
    def test_the_login_address_needs_no_link(self, claire, person, key, mails, typed):
        claire.post(URL + "adresse-de-contact/", {"contact_email": typed})

        person.refresh_from_db()
        assert person.contact_email == person.notices_email == "claire@example.org"
        assert len(mails) == 1
        assert not Link.objects.exists()

    def test_five_links_an_hour_are_enough(self, claire, mails):
        answers = [claire.post(URL + "adresse-de-contact/", {"contact_email": f"p{n}@example.org"}) for n in range(6)]

        assert [answer.status_code for answer in answers] == [302] * 5 + [429]
        assert "Trop de demandes" in " ".join(summary_of(answers[-1]))
        assert User.objects.get().contact_email == "p4@example.org"
        assert len(mails) == 5

    def test_the_link_of_another_purpose_opens_nothing(self, claire, key):
        client = claire
        client.get(f"/mon-compte/adresse/confirmer/{key}/")

        assert client.post("/mon-compte/adresse/confirmer/").status_code == 410


def test_a_person_changes_only_themselves(person, now):
    other = UserFactory(last_name="Autre")

    change_details(by=person, at=now, last_name="Lenoir", notices=[Notice.RESUME])

    other.refresh_from_db()
    assert other.last_name == "Autre"
