"""1,000 mails, and a worker killed ten times on the way: none is lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import SEND, rescue_mails
from tests.kernel.mail.test_worker import all_sent, real_now
from tests.support.mail import queue
from tests.support.smtp import mail_server
from tests.support.worker import wait_until, worker

MAILS, KILLS = 1000, 10


@pytest.mark.slow
def test_no_mail_is_lost_when_the_worker_is_killed(transactional_db):
    with transaction.atomic():
        ids = {queue(at=real_now()).message_id for _ in range(MAILS)}

    with mail_server() as server:
        for kill in range(1, KILLS + 1):
            with worker(server) as process:
                server.when_taken = lambda: len(server.taken) >= kill * MAILS // (KILLS + 1) and process.kill()  # noqa: B023
                process.wait(60)
            assert process.returncode == -9
        server.when_taken = lambda: None
        with worker(server):
            wait_until(lambda: Mail.objects.sent().count() >= MAILS - KILLS, seconds=120)
            dropped = MAILS - Mail.objects.sent().count()
            waited = wait_until(all_sent, seconds=150)

    doubles = len(server.ids) - len(set(server.ids))
    print(  # noqa: T201
        f"\n{MAILS} mails, {KILLS} kills: {len(ids - set(server.ids))} lost, {doubles} doubles, all with the same"
        f" Message-ID; {dropped} dropped mails rescued in {waited:.0f} s"
    )
    assert set(server.ids) == ids
    assert doubles <= KILLS


def test_a_kill_between_the_server_s_yes_and_the_mark_makes_one_double(transactional_db):
    with mail_server() as server:
        queue(at=real_now() - timedelta(hours=1))
        with worker(server) as process:
            server.when_taken = process.kill
            process.wait(20)
        server.when_taken = lambda: None
        wait_until(is_rescued)
        with worker(server):
            wait_until(all_sent)

    [mail] = Mail.objects.all()
    assert server.ids == [mail.message_id] * 2


def is_rescued():
    """Whether a job waits again: the database needs a moment to see that the worker died."""
    rescue_mails(at=real_now())
    return ProcrastinateJob.objects.filter(status="todo", task_name=SEND).exists()
