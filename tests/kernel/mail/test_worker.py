"""`manage.py worker`: a mail leaves as soon as it is committed, and the worker outlives the loss of its database."""

import signal
import time
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import PATIENCE, rescue_mails
from tests.support.mail import queue
from tests.support.smtp import mail_server
from tests.support.worker import listens, wait_until, worker


@pytest.fixture
def server(transactional_db):
    with mail_server() as running:
        yield running


def real_now():
    """The true moment: the worker's clock is not the test's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def all_sent():
    return not Mail.objects.filter(sent_at=None).exists()


def test_a_mail_leaves_at_the_call_of_its_commit_and_the_worker_stops_when_told(server):
    with worker(server, "--poll", "3600") as process:
        wait_until(listens)
        delays = []
        for number in range(10):
            time.sleep(0.3)  # a call while it looks for more would be heard at the next look
            queue(at=real_now())
            delays.append(wait_until(lambda: len(server.taken) > number))  # noqa: B023
        wait_until(all_sent)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0

    print(f"\nDelay of a mail, of 10: worst {max(delays) * 1000:.0f} ms, best {min(delays) * 1000:.0f} ms")  # noqa: T201
    assert len(set(server.ids)) == len(server.ids) == 10


def test_a_mail_in_bulk_waits_for_every_other_also_once_rescued(server):
    bulk = [queue(at=real_now(), bulk=True) for _ in range(3)]
    ProcrastinateJob.objects.all().delete()
    rescue_mails(at=real_now() + PATIENCE + timedelta(seconds=1))
    awaited = queue(at=real_now())
    with worker(server):
        wait_until(all_sent)

    assert server.ids == [mail.message_id for mail in [awaited, *bulk]]


def test_what_is_done_at_an_hour_keeps_no_mail_waiting(server):
    with worker(server), connection.get_new_connection(connection.get_connection_params()) as other:
        wait_until(listens)
        other.execute("LOCK TABLE users_recovery")  # which the job wants to read
        task = app.tasks["chorus_org.operators.tasks.recover_accounts"]
        task.defer(timestamp=0)
        kept = ProcrastinateJob.objects.filter(task_name=task.name, status="doing")
        wait_until(kept.exists)
        queue(at=real_now())
        wait_until(all_sent)
        assert kept.exists()


def test_it_finishes_the_mail_in_hand_before_it_stops(server):
    server.to_content = "hang"
    with worker(server) as process:
        wait_until(listens)
        queue(at=real_now())
        wait_until(server.hanging.is_set)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        server.release()
        assert process.wait(10) == 0

    [mail] = Mail.objects.all()
    assert server.ids == [mail.message_id]
    assert mail.sent_at


def blocked(cursor):
    """The connections that wait for a lock, by their number."""
    cursor.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY pid"
    )
    return [pid for [pid] in cursor.fetchall()]


def test_it_outlives_the_loss_of_its_connections(server):
    with worker(server) as process:
        wait_until(listens)
        for _ in range(3):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            queue(at=real_now())
            wait_until(all_sent)
        wait_until(listens)

        assert process.poll() is None
        queue(at=real_now())
        wait_until(all_sent)

    assert len(set(server.ids)) == len(server.ids) == 4


def test_it_outlives_the_loss_of_one_connection_alone(server):
    """Cut while it notes what comes back at an hour: that worker ends quietly, and the other would go on alone."""
    with connection.get_new_connection(connection.get_connection_params()) as other, worker(server):
        other.execute("LOCK TABLE procrastinate_periodic_defers")
        with connection.cursor() as cursor:
            wait_until(lambda: len(blocked(cursor)) == 2)
            [lost, _] = blocked(cursor)
            cursor.execute("SELECT pg_terminate_backend(%s)", [lost])
            wait_until(lambda: len({*blocked(cursor)} - {lost}) == 2)
        other.rollback()
        queue(at=real_now())
        wait_until(all_sent)
