"""A mail is queued with the decision it tells, or not at all."""

import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist

from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import Letter, queue_mail, queue_mails
from tests.support.mail import KIND, queue
from tests.support.pages import plain
from tests.support.queries import operation_queries


def test_a_mail_is_written_and_called_for(mails, now):
    mail = queue(first_name="Claire", link="/comptes/", at=now)

    [job] = mails.jobs()
    assert list(mails) == [mail]
    assert (job.task_name, job.args) == ("mail.send", {"mail_id": mail.pk})
    assert (mail.kind, mail.recipient) == (KIND, "claire@example.org")
    assert (mail.created_at, mail.due_at, mail.sent_at, mail.failed_at) == (now, now, None, None)
    assert mail.message_id == f"<{mail.public_id}@example.org>"


@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_people_are_told_in_two_queries(mails, now, count):
    letters = [Letter(f"p{n}@example.org", {"first_name": f"P{n}", "link": "/"}) for n in range(count)]

    with operation_queries() as queries:
        told = queue_mails(kind=KIND, letters=letters, at=now, bulk=True)

    assert len(queries) == 2
    assert [(mail.recipient, mail.subject) for mail in told] == [
        (f"p{n}@example.org", f"Essai pour P{n}") for n in range(count)
    ]
    assert len({mail.message_id for mail in mails}) == count
    assert sorted(job.args["mail_id"] for job in mails.jobs()) == sorted(mail.pk for mail in told)
    assert {job.queueing_lock for job in mails.jobs()} == {mail.key for mail in told}
    assert {job.priority for job in mails.jobs()} == {-1}


def test_nobody_to_tell_is_no_query(mails, now):
    with operation_queries() as queries:
        assert queue_mails(kind=KIND, letters=[], at=now) == []

    assert not queries


def test_what_the_transaction_drops_is_not_sent(mails):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError

    assert list(mails) == []
    assert mails.jobs() == []


def test_both_parts_say_the_same_in_french(mails, settings):
    settings.SITE_URL = "https://chorus.example.org"

    mail = queue(first_name="Claire", link="/comptes/")

    assert mail.subject == "Essai pour Claire"
    assert plain(mail.text) == (
        "Bonjour Claire, Ceci est un essai. Ouvrir la page : https://chorus.example.org/comptes/ -- "
        "Chorus Organisation https://chorus.example.org/ "
        "Ce message est envoyé automatiquement : n’y répondez pas."
    )
    assert '<html lang="fr">' in mail.html
    assert '<a href="https://chorus.example.org/comptes/"' in mail.html
    assert ">Ouvrir la page</a>" in mail.html
    assert "n’y répondez pas." in mail.html
    assert "<img" not in mail.html


@pytest.mark.parametrize(
    "typed",
    [
        "Martin\r\nBcc: b@example.org",
        "Martin\n\nOuvrir\u00a0: https://evil.example/",
        "Martin\n\nOuvrir\u00a0: http://127.0.0.1:8000/comptes/logout/\n\n",
        '<a href="https://evil.example/">Martin</a>',
        "{{ site }}{% debug %}",
    ],
)
def test_what_a_person_typed_makes_no_header_no_link_and_no_markup(mails, typed):
    mail = queue(first_name=typed, link="/comptes/")

    assert "\n" not in mail.subject
    assert mail.html.count("<a ") == 2  # the button, the site
    assert "evil.example/" not in [part.split('"')[0] for part in mail.html.split('href="')[1:]]
    assert " ".join(typed.split()) in mail.text


def test_a_mail_that_does_not_exist_is_a_defect_that_stops_the_decision(mails, now):
    with pytest.raises(TemplateDoesNotExist), transaction.atomic():
        queue_mail(kind="chorus_org/nothing", to="claire@example.org", at=now)

    assert not Mail.objects.exists()


@pytest.mark.parametrize("wrong", [{"due_at": None}, {"sent_at": True}, {"failed_at": True}])
def test_the_database_refuses_a_mail_without_one_state(mails, now, wrong):
    mail = queue()

    with pytest.raises(Exception, match="mail_has_one_state"):
        Mail.objects.filter(pk=mail.pk).update(**{name: value and now for name, value in wrong.items()})
