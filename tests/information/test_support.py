"""« Support » and « Nous contacter »: each question leads somewhere, each message has a number and an answer."""

from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.urls import resolve

from chorus_org.information.models import Ticket
from chorus_org.information.operations import TicketRefused, answer_ticket, close_ticket
from tests.support.factories import UserFactory
from tests.support.operators import address, make_staff
from tests.support.pages import elements, error_of, plain, tree

URL = "/support/nous-contacter/"


@pytest.fixture
def typed(clock):
    opened = TimestampSigner(salt="trap").sign("")
    clock.shift(60)
    return {
        "email": "Claire@example.org",
        "email_again": "claire@example.org",
        "subject": "Mon code",
        "message": "Il n’arrive pas.",
        "page": "/annuaire/",
        "opened": opened,
    }


@pytest.fixture
def operator(db):
    return make_staff("support")


@pytest.fixture
def ticket(world):
    return world.ticket


class TestAsking:
    def test_gives_a_number_and_a_copy(self, client, db, typed, mails):
        page = client.post(URL, typed, follow=True)

        ticket = Ticket.objects.get()
        assert (ticket.email, ticket.page, ticket.user) == ("claire@example.org", "/annuaire/", None)
        assert f"le numéro {ticket.number}" in plain(page.text).replace("  ", " ") or ticket.number in page.text
        [copy] = list(mails)
        assert (copy.recipient, ticket.number in copy.subject) == ("claire@example.org", True)
        assert "Il n’arrive pas." in copy.text

    def test_knows_who_is_logged_in(self, login, db, typed):
        person = UserFactory()
        client = login(person)

        assert f'value="{person.contact_email}"' in client.get(URL).text
        client.post(URL, typed)
        assert Ticket.objects.get().user == person

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"email_again": "autre@example.org"}, "email_again", "Les deux adresses diffèrent"),
            ({"email": "claire"}, "email", "adresse"),
            ({"message": ""}, "message", "à remplir"),
            ({"subject": "x" * 121}, "subject", "120"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, client, db, typed, change, field, sentence):
        page = client.post(URL, typed | change)

        assert page.status_code == 422
        assert sentence in plain(error_of(page, field))
        assert "Mon code" in page.text or "subject" in change
        assert not Ticket.objects.exists()

    @pytest.mark.parametrize("change", [{"website": "http://"}, {"opened": ""}, {"opened": "forged"}])
    def test_refuses_an_automaton(self, client, db, typed, change):
        page = client.post(URL, typed | change)

        assert "automate" in plain(page.text)
        assert not Ticket.objects.exists()

    def test_one_address_writes_five_times_a_day(self, client, db, typed, clock):
        for _ in range(5):
            assert client.post(URL, typed).status_code == 302

        refused = client.post(URL, typed)

        assert refused.status_code == 429
        assert "Trop de messages" in plain(refused.text)
        assert Ticket.objects.count() == 5
        clock.shift(timedelta(days=1, seconds=1))

    def test_a_page_of_elsewhere_is_not_kept(self, client, db):
        assert "example.com" not in client.get(f"{URL}?page=https://example.com/").text
        assert "example.com" not in client.get(f"{URL}?page=//example.com/").text


class TestAnswering:
    def test_goes_by_mail_and_is_kept(self, login, operator, ticket, mails):
        client = login(operator)
        asked = client.get(address(Ticket, "answer", ticket.pk))
        client.post(address(Ticket, "answer", ticket.pk), {"text": "Regardez les indésirables."})

        assert ticket.message in plain(asked.text)
        [mail] = list(mails)
        assert (mail.recipient, ticket.number in mail.subject) == (ticket.email, True)
        assert "Regardez les indésirables." in mail.text
        assert "Regardez les indésirables." in plain(client.get(address(Ticket, "change", ticket.pk)).text)

    def test_ends_once(self, operator, ticket, now):
        close_ticket(ticket_id=ticket.pk, by=operator, at=now)

        with pytest.raises(TicketRefused, match="close"):
            close_ticket(ticket_id=ticket.pk, by=operator, at=now)
        with pytest.raises(TicketRefused, match="close"):
            answer_ticket(ticket_id=ticket.pk, text="Trop tard", by=operator, at=now)

    @pytest.mark.parametrize("name", ["stranger", "gp", "auditeur"])
    def test_is_for_operators_of_the_support(self, world, ticket, now, name):
        person = make_staff(name) if name == "auditeur" else world.person(name)

        with pytest.raises(TicketRefused):
            answer_ticket(ticket_id=ticket.pk, text="Non", by=person, at=now)
        with pytest.raises(TicketRefused):
            close_ticket(ticket_id=ticket.pk, by=person, at=now)


def test_each_question_of_the_support_leads_to_a_screen(client, db):
    questions = list(elements(tree(client.get("/support/")), "details"))

    assert len(questions) >= 9
    for question in questions:
        links = [dict(link.attributes)["href"] for link in elements(question, "a")]
        assert links
        for link in links:
            assert resolve(link)
