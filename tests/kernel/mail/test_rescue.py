"""What a killed worker dropped is called for again; what is being done is left alone."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import PATIENCE, purge_mails, rescue_mails
from tests.support.mail import queue
from tests.support.races import race

LATER = PATIENCE + timedelta(seconds=1)


def take_the_job():
    """A worker takes the jobs, and is killed: they remain « doing »."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")


def test_a_dropped_mail_is_called_for_again_and_sent(mails, now):
    queue()
    take_the_job()

    rescue_mails(at=now + LATER)

    assert len(mails.jobs()) == 1
    mails.run()
    assert [mail.sent_at for mail in mails] == [now]


def test_a_mail_whose_job_was_deleted_is_called_for_again(mails, now):
    queue()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    rescue_mails(at=now + LATER)

    assert len(mails.jobs()) == 1


def test_a_mail_that_waits_for_its_turn_is_not_called_for_twice(mails, now):
    queue()

    rescue_mails(at=now + timedelta(days=1))

    assert len(mails.jobs()) == 1


def test_a_mail_is_called_for_once_however_often_one_looks(mails, now):
    queue()
    take_the_job()

    for seconds in range(3):
        rescue_mails(at=now + LATER + timedelta(seconds=seconds))

    assert len(mails.jobs()) == 1


@pytest.mark.parametrize("state", ["sent", "given up", "put off", "just due"])
def test_what_needs_no_rescue_gets_none(mails, now, state):
    mail = queue()
    take_the_job()
    moment = now + LATER
    changes = {
        "sent": {"sent_at": now, "due_at": None},
        "given up": {"failed_at": now, "due_at": None},
        "put off": {"due_at": moment + timedelta(minutes=1)},
        "just due": {"due_at": moment - PATIENCE},
    }
    Mail.objects.filter(pk=mail.pk).update(**changes[state])

    rescue_mails(at=moment)

    assert mails.jobs() == []


def test_a_mail_that_a_worker_is_sending_is_left_to_it(transactional_db, mails, now):
    queue()
    take_the_job()
    mail = Mail.objects.get()

    held, done = Event(), Event()

    def send():
        with transaction.atomic():
            assert Mail.objects.taken(mail.pk)
            held.set()
            done.wait(10)

    def look():
        held.wait(10)
        rescue_mails(at=now + LATER)
        done.set()

    assert race(send, look) == [None, None]
    assert mails.jobs() == []


def test_two_workers_rescue_a_mail_once(transactional_db, mails, now):
    queue()
    take_the_job()

    assert race(*[lambda: rescue_mails(at=now + LATER)] * 2) == [None, None]

    assert len(mails.jobs()) == 1


def test_what_was_over_long_ago_is_forgotten(mails, now):
    kept = [queue(), queue(), queue(), queue(at=now - timedelta(days=400))]
    long_ago = now - timedelta(days=91)
    for old in ({"sent_at": long_ago}, {"failed_at": long_ago}):
        Mail.objects.filter(pk=queue().pk).update(due_at=None, **old)
    for mail, recent in zip(kept, ({"sent_at": now}, {"failed_at": now - timedelta(days=89)}), strict=False):
        Mail.objects.filter(pk=mail.pk).update(due_at=None, **recent)

    purge_mails(at=now)

    assert list(mails) == kept


def test_the_traces_of_dead_workers_are_forgotten_and_waiting_jobs_are_not(mails, now):
    queue()
    take_the_job()
    queue()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s), (%s) RETURNING id", [now, now])
        cursor.execute("SELECT max(id) FROM procrastinate_workers")
        [worker] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) VALUES"
            " ('default', 'failed', 'failed', NULL), ('default', 'alive', 'doing', %s)",
            [worker],
        )

        purge_mails(at=now)

        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [("mail.send", "todo"), ("alive", "doing")]
