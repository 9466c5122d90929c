"""The mails that a test causes, and the worker's hands: no test needs a worker to see what would be sent."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import queue_mail


class Mails:
    """Every mail of the test, oldest first: `[mail] = mails`, `mails.to("claire@example.org")`, `mails.run()`."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}  # by mail: what it said before it was sent, when its text is emptied

    def __iter__(self) -> Iterator[Mail]:
        return iter(Mail.objects.order_by("pk"))

    def __len__(self) -> int:
        return Mail.objects.count()

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self if mail.recipient == address]

    def jobs(self, *, at: datetime | None = None) -> list[ProcrastinateJob]:
        """The jobs that a worker would take at that moment (now), in its order."""
        due = Q(scheduled_at=None) | Q(scheduled_at__lte=at or timezone.now())
        return list(ProcrastinateJob.objects.filter(due, status="todo").order_by("-priority", "pk"))

    def run(self) -> int:
        """Do the jobs that are due, as the worker does, and say how many: mails go to `django.core.mail.outbox`."""
        done = 0
        while jobs := self.jobs():
            done += len(jobs)
            self._do(jobs)
        return done

    def _do(self, jobs: list[ProcrastinateJob]) -> None:
        for job in jobs:
            self.texts |= {mail.pk: mail.text for mail in self if mail.text}
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
                app.tasks[job.task_name](**job.args)
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])


KIND = "kernel/test"


def queue(
    *,
    to: str = "claire@example.org",
    at: datetime | None = None,
    bulk: bool = False,
    first_name: str = "Claire",
    link: str = "/",
) -> Mail:
    """Queue the mail that the tests are about."""
    return queue_mail(kind=KIND, to=to, at=at or timezone.now(), bulk=bulk, first_name=first_name, link=link)
