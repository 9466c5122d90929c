"""`manage.py worker`: does what is done apart from pages, until it is told to stop.

One process sends one mail after the other, so that a kill leaves at most one in doubt; run several to go faster. What
comes back at an hour is done beside them, one thing after the other: no nightly work keeps a code waiting.
It listens on connections of its own (LISTEN): DATABASE_URL must not go through a pooler in transaction mode.
"""

import asyncio
import logging
import signal
from typing import Any

import psycopg
from django.core.management import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DEFAULT_QUEUE

from chorus_org.kernel.common.background import PERIODIC

PAUSE = 1  # seconds before another try, when the database went away

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Envoie les courriels et fait ce qui revient à heure fixe, jusqu’à SIGTERM ou Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--poll", type=float, default=1, help="Secondes entre deux regards, quand aucun appel ne vient (1)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(work(options["poll"]))


async def work(poll: float) -> None:
    """Run workers one after the other: each lasts until the database goes away, or until we are told to stop.

    Told to stop, the last one finishes the job in hand first.
    """
    stopped = asyncio.Event()
    for order in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(order, stopped.set)
    logger.info("started")
    while not stopped.is_set():
        worker, stop = asyncio.create_task(_worker(poll)), asyncio.create_task(stopped.wait())
        await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
        worker.cancel()
        stop.cancel()
        try:
            await worker
        except asyncio.CancelledError:
            break
        if not stopped.is_set():
            await asyncio.sleep(PAUSE)
    logger.info("stopped")


async def _worker(poll: float) -> None:
    options: dict[str, Any] = {
        "install_signal_handlers": False,
        "delete_jobs": "successful",
        "fetch_job_polling_interval": poll,
    }
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        try:
            async with app.open_async(), asyncio.TaskGroup() as both:
                for queue in (DEFAULT_QUEUE, PERIODIC):
                    both.create_task(_serve(queue, options))
        except* (ConnectorException, psycopg.Error, _Ended) as lost:
            logger.error("the database is away (%s)", type(lost.exceptions[0]).__name__)


class _Ended(Exception):
    """One of the two workers ended by itself: both begin anew, or what waits for that one would wait for ever."""


async def _serve(queue: str, options: dict[str, Any]) -> None:
    await app.run_worker_async(queues=[queue], **options)  # which ends quietly when what it does beside its jobs fails
    raise _Ended
