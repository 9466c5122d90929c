"""« Renvoyer »: an operator puts a dead letter back into the queue."""

import pytest
from django.core import mail as django_mail
from django.db import connection

from chorus_org.kernel.journal.models import Event
from chorus_org.kernel.mail.admin import may_resend
from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import MailRefused, resend_mail
from tests.support.mail import queue
from tests.support.operators import ACTORS, actor_of, address, make_staff
from tests.support.pages import plain
from tests.support.races import race

ALLOWED = {"support", "administrateur", "superuser"}


def dead(now):
    """A mail that was given up, with nothing that calls for it."""
    mail = queue()
    Mail.objects.filter(pk=mail.pk).update(due_at=None, failed_at=now, attempts=7, last_error="SMTPDataError 550")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    mail.refresh_from_db()
    return mail


def test_it_is_sent_with_the_same_message_id_and_written_in_the_journal(login, mails, now):
    letter = dead(now)
    operator = make_staff("support")

    answer = login(operator).post(address(Mail, "resend", letter.pk), follow=True)

    assert answer.redirect_chain == [(address(Mail, "change", letter.pk), 302)]
    assert "Le courriel va être renvoyé." in plain(answer.text)
    mails.run()
    [mail], [sent], [event] = mails, django_mail.outbox, Event.objects.about(letter)
    assert (mail.sent_at, mail.failed_at, mail.attempts, mail.last_error) == (now, None, 1, "")
    assert sent.message()["Message-ID"] == letter.message_id
    assert (event.kind, event.actor_id, event.at) == ("mail.resent", operator.public_id, now)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("actor", ACTORS)
def test_who_may(login, world, mails, now, actor, method):
    letter = dead(now)
    client = login(actor_of(world, actor))

    answer = getattr(client, method)(address(Mail, "resend", letter.pk))

    if actor == "anonymous":
        assert answer.status_code == 302
    elif actor not in ALLOWED:
        assert answer.status_code == 403
    else:
        assert answer.status_code == (302 if method == "post" else 200)
    assert len(mails.jobs()) == (method == "post" and actor in ALLOWED)


def test_the_page_asks_and_says_to_whom(login, mails, now):
    letter = dead(now)

    answer = login(make_staff("administrateur")).get(address(Mail, "resend", letter.pk))

    assert "Le courriel sera renvoyé à claire@example.org, tel qu’il a été écrit." in plain(answer.text)
    assert mails.jobs() == []


def test_an_auditor_reads_who_may(login, mails, now):
    answer = login(make_staff("auditeur")).get(address(Mail, "resend", dead(now).pk))

    assert "revient aux exploitants « support » et « administrateur »" in plain(answer.text)


@pytest.mark.parametrize("role", ["support", "administrateur", "auditeur"])
def test_the_button_stands_on_dead_letters_only(login, mails, now, role):
    operator, letter, waiting = make_staff(role), dead(now), queue()
    client = login(operator)

    shown = {mail: client.get(address(Mail, "change", mail.pk)).text for mail in (letter, waiting)}

    assert (address(Mail, "resend", letter.pk) in shown[letter]) == may_resend(operator) == (role != "auditeur")
    assert address(Mail, "resend", waiting.pk) not in shown[waiting]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_mail_that_is_not_given_up_is_told_so(login, mails, method):
    waiting = queue()

    answer = getattr(login(make_staff("support")), method)(address(Mail, "resend", waiting.pk), follow=True)

    assert "Ce courriel n’est pas abandonné : il n’y a rien à renvoyer." in plain(answer.text)
    assert len(mails.jobs()) == 1
    assert not Event.objects.about(waiting).exists()


@pytest.mark.parametrize("round_", range(10))
def test_two_operators_resend_it_once(transactional_db, mails, now, round_):
    letter = dead(now)

    answers = race(*[lambda: resend_mail(mail_id=letter.pk, by=None, at=now)] * 2)

    assert [type(answer) for answer in answers if answer] == [MailRefused]
    assert len(mails.jobs()) == Event.objects.about(letter).count() == 1


def test_the_dead_letters_are_a_list(login, mails, now):
    letter, waiting = dead(now), queue(to="paul@example.org")
    client = login(make_staff("support"))

    listed = client.get(address(Mail, "changelist", etat="abandonnes")).text
    others = client.get(address(Mail, "changelist", etat="a-envoyer")).text

    assert (letter.recipient in listed, waiting.recipient in listed) == (True, False)
    assert (letter.recipient in others, waiting.recipient in others) == (False, True)
    assert client.get(address(Mail, "changelist", etat="envoyes")).context["cl"].result_count == 0


@pytest.mark.parametrize("text", ["Claire@example.org", "public_id", "message_id"])
def test_a_mail_is_found(login, mails, text):
    mail, _ = queue(), queue(to="paul@example.org")

    answer = login(make_staff("support")).get(address(Mail, "changelist", q=getattr(mail, text, text)))

    assert [row.pk for row in answer.context["cl"].result_list] == [mail.pk]


def test_no_page_of_the_admin_shows_the_text(login, world, mails):
    mail = queue(link="/comptes/secret/")

    client = login(world.person("superuser"))
    pages = client.get(address(Mail, "change", mail.pk)).text + client.get(address(Mail, "changelist")).text

    assert mail.message_id.strip("<>") in pages
    assert "/comptes/secret/" not in pages
    assert "Ceci est un essai" not in pages
