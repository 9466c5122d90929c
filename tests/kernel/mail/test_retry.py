"""A mail that the server does not take is tried again for a day, then given up; one that it refuses, at once."""

from datetime import timedelta

import pytest
import time_machine

from chorus_org.kernel.mail.operations import DELAYS
from tests.support.mail import queue
from tests.support.smtp import HOST, mail_server


@pytest.fixture
def server(settings):
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = HOST, running.port, 0.5
        yield running


def test_a_real_server_takes_both_parts(mails, server):
    queue(first_name="Éloïse", link="/comptes/")

    mails.run()

    [mail], [taken] = mails, server.taken
    text, html = taken.get_payload()
    assert mail.sent_at
    assert (taken["Message-ID"], taken["To"]) == (mail.message_id, "claire@example.org")
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "Bonjour Éloïse" in text.get_payload(decode=True).decode()
    assert 'lang="fr"' in html.get_payload(decode=True).decode()


@pytest.mark.parametrize(
    ("whim", "error"),
    [
        ({"to_recipient": "451 4.3.0 try again, claire@example.org"}, "SMTPRecipientsRefused 451"),
        ({"to_content": "452 4.3.1 full"}, "SMTPDataError 452"),
        ({"to_recipient": "hang"}, "SMTPServerDisconnected"),
        ({"to_content": "hang"}, "SMTPServerDisconnected"),
        ({"to_recipient": "drop"}, "SMTPServerDisconnected"),
        ({"to_content": "drop"}, "SMTPServerDisconnected"),
    ],
)
def test_what_is_not_taken_now_is_tried_a_minute_later(mails, server, now, whim, error):
    vars(server).update(whim)
    queue()

    mails.run()

    [mail] = mails
    assert server.taken == []
    assert (mail.due_at, mail.attempts, mail.last_error) == (now + timedelta(minutes=1), 1, error)
    assert mail.text
    assert mails.jobs() == []

    server.to_recipient = server.to_content = "250 OK"
    with time_machine.travel(mail.due_at, tick=False):
        assert mails.run() == 1

    [mail] = mails
    assert (mail.sent_at, mail.attempts, mail.last_error) == (now + timedelta(minutes=1), 2, "")
    assert server.ids == [mail.message_id]


def test_no_server_at_all_is_tried_again(mails, server, settings):
    settings.EMAIL_PORT = 1
    queue()

    mails.run()

    assert [mail.last_error for mail in mails] == ["ConnectionRefusedError"]


def test_taken_before_the_line_broke_it_is_sent_again_with_the_same_message_id(mails, server, now):
    """Nobody can know: a double is better than a loss."""
    server.drop_after_taking = True
    queue()
    mails.run()
    server.drop_after_taking = False

    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        mails.run()

    [mail] = mails
    assert mail.sent_at
    assert server.ids == [mail.message_id] * 2


@pytest.mark.parametrize("whim", ["to_recipient", "to_content"])
def test_a_final_refusal_is_given_up_at_once(mails, server, now, whim):
    setattr(server, whim, "550 5.1.1 claire@example.org is unknown here")
    queue()

    mails.run()

    [mail] = mails
    assert (mail.failed_at, mail.due_at, mail.sent_at, mail.attempts) == (now, None, None, 1)
    assert mail.last_error in {"SMTPRecipientsRefused 550", "SMTPDataError 550"}
    assert mail.text
    assert mails.jobs(at=now + timedelta(days=9)) == []


def test_after_a_day_of_tries_it_is_given_up(mails, server, now):
    server.to_recipient = "451 try again"
    queue()
    tries = []

    while jobs := mails.jobs(at=now + timedelta(days=9)):
        tries.append(jobs[0].scheduled_at or now)
        with time_machine.travel(tries[-1], tick=False):
            mails.run()

    [mail] = mails
    assert [later - earlier for earlier, later in zip(tries, tries[1:], strict=False)] == DELAYS
    assert timedelta(hours=22) < tries[-1] - now < timedelta(hours=24)
    assert (mail.failed_at, mail.attempts) == (tries[-1], len(DELAYS) + 1)


def test_the_server_s_words_are_neither_kept_nor_logged(mails, server, caplog):
    server.to_recipient = "550 claire@example.org is unknown"
    queue()

    mails.run()

    [mail] = mails
    assert "claire" not in mail.last_error + caplog.text
    assert str(mail.public_id) in caplog.text
