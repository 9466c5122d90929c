"""What is done apart from any page, by the worker (`manage.py worker`).

Each app names in its `tasks.py` what it wants done from time to time; the worker finds these modules by itself.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

PERIODIC = "periodic"  # the queue of what comes back at an hour
# Jobs are written through Django's connection, in the worker too, where those of the library go another way
JOBS = JobManager(DjangoConnector())

logger = logging.getLogger(__name__)


def periodic(cron: str, operation: Callable[..., Any]) -> None:
    """Have the worker call `operation(at=…)` at the hours of `cron` (UTC): `periodic("17 3 * * *", purge_mails)`.

    One call at a time and hour, however many workers there are. A failure is logged, and the next hour tries again.
    """

    def task(timestamp: int) -> None:
        operation(at=timezone.now())

    name = f"{operation.__module__}.{operation.__name__}"
    app.periodic(cron=cron)(app.task(name=name, queue=PERIODIC)(task))


def each(argument: str, ids: Iterable[int], act: Callable[..., Any], *, at: datetime) -> None:
    """Act on each of these rows in a transaction of its own: none that fails keeps the others waiting.

    :param argument: the name under which the operation takes the row: `each("user_id", ids, erase, at=at)`.
    """
    for pk in ids:
        try:
            act(**{argument: pk}, at=at)
        except Exception:
            logger.exception("%s failed for the %s %d", act.__name__, argument, pk)


def defer(task: str, *, key: str, at: datetime | None = None, last: bool = False, **arguments: Any) -> None:
    """Queue a job in the current transaction: it exists if and only if what is written with it is.

    :param task: the name under which a `tasks.py` registers it.
    :param key: no two jobs wait under the same one.
    :param at: not before then.
    :param last: after every job that is not.
    :raises AlreadyEnqueued: a job waits under this key; the transaction is lost.
    """
    defer_many(task, {key: arguments}, at=at, last=last)


def defer_many(
    task: str, jobs: Mapping[str, dict[str, Any]], *, at: datetime | None = None, last: bool = False
) -> None:
    """Queue one job a key, with its arguments, in one query: `defer` for many."""
    job = configure_task(name=task, job_manager=JOBS, schedule_at=at, priority=-1 if last else 0).job
    JOBS.batch_defer_jobs([job.evolve(queueing_lock=key, task_kwargs=arguments) for key, arguments in jobs.items()])
