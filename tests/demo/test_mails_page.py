"""/demo/courriels/: the mails that the demo sent."""

from datetime import timedelta

import pytest
import time_machine

from tests.support.mail import queue
from tests.support.pages import elements, plain, text_of, tree
from tests.support.queries import count_queries

URL = "/demo/courriels/"


@pytest.fixture(autouse=True)
def demo(settings):
    settings.MAIL_KEEPS_BODIES = True


def test_the_newest_stands_first_with_its_text_and_its_link(client, mails, now):
    queue(first_name="Claire", link="/comptes/login/")
    mails.run()
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        queue(first_name="Paul", to="paul@example.org")
        mails.run()

    page = tree(client.get(URL))

    main = next(elements(page, "main"))
    assert [text_of(title) for title in elements(main, "h2")] == ["Essai pour Paul", "Essai pour Claire"]
    assert "Destinataire claire@example.org" in text_of(main)
    assert "Envoyé le 25/11/2026 10:31" in text_of(main)
    assert "Bonjour Claire, Ceci est un essai." in text_of(main)
    [link] = elements(main, "a", href="http://127.0.0.1:8000/comptes/login/")
    assert text_of(link) == "Ouvrir la page"


def test_what_was_not_sent_is_not_there(client, mails):
    queue()

    assert "Aucun courriel n’a été envoyé" in plain(client.get(URL).text)


def test_what_a_person_typed_is_escaped(client, mails):
    queue(first_name='"><script>alert(1)</script> https://evil.example/')
    mails.run()

    answer = client.get(URL)

    assert "<script>alert" not in answer.text
    assert 'href="https://evil' not in answer.text


def test_it_costs_the_same_for_one_and_for_many(client, mails):
    queue()
    mails.run()
    with_one = count_queries(client, URL)
    for _ in range(20):
        queue()
    mails.run()

    assert count_queries(client, URL) == with_one
