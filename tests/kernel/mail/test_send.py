"""A waiting mail is handed over once, and marked."""

from email.utils import parsedate_to_datetime

import pytest
from django.core import mail as django_mail

from chorus_org.kernel.mail.operations import send_mail
from tests.support.mail import queue
from tests.support.races import race


def test_a_mail_is_sent_in_two_parts_marked_and_emptied(mails, now):
    waiting = queue(link="/comptes/")

    assert mails.run() == 1

    [mail], [sent] = mails, django_mail.outbox
    [html] = sent.alternatives
    assert (mail.sent_at, mail.due_at, mail.failed_at, mail.attempts) == (now, None, None, 1)
    assert (mail.text, mail.html) == ("", "")
    assert (mail.subject, mail.message_id, mail.kind) == (waiting.subject, waiting.message_id, waiting.kind)
    assert (sent.to, sent.cc, sent.bcc, sent.subject) == (["claire@example.org"], [], [], "Essai pour Claire")
    assert (sent.body, html.content, html.mimetype) == (waiting.text, waiting.html, "text/html")
    assert sent.from_email == "Chorus Organisation <ne-pas-repondre@example.org>"
    headers = sent.message()
    assert headers["Message-ID"] == waiting.message_id
    assert parsedate_to_datetime(headers["Date"]) == now
    assert headers["Auto-Submitted"] == "auto-generated"


def test_a_demo_keeps_the_text_to_show_it(mails, settings):
    settings.MAIL_KEEPS_BODIES = True
    waiting = queue()

    mails.run()

    [mail] = mails
    assert (mail.text, mail.html) == (waiting.text, waiting.html)


def test_a_job_that_comes_twice_sends_once(mails, now):
    mail = queue()

    for _ in range(2):
        send_mail(mail_id=mail.pk, at=now)

    assert len(django_mail.outbox) == 1
    assert [mail.attempts for mail in mails] == [1]


def test_a_job_whose_mail_is_gone_does_nothing(mails, now):
    send_mail(mail_id=0, at=now)

    assert django_mail.outbox == []


@pytest.mark.parametrize("round_", range(10))
def test_two_workers_never_send_the_same_mail(transactional_db, mails, now, round_):
    mail = queue()

    answers = race(*[lambda: send_mail(mail_id=mail.pk, at=now)] * 2)

    assert answers == [None, None]
    assert len(django_mail.outbox) == 1
    assert [mail.attempts for mail in mails] == [1]
