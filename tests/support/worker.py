"""The worker as it runs in production: another process, on the database of the test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection

from tests.support.smtp import MailServer
from tests.support.tree import ROOT


def environment(settings: str) -> dict[str, str]:
    """What another process needs to work on the database of the test."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_URL": f"{url}?host={quote(database['HOST'], safe='')}&port={database['PORT'] or 5432}",
    }


@contextmanager
def worker(server: MailServer, *options: str) -> Iterator[subprocess.Popen]:
    """Run `manage.py worker`, which hands mails to the server, for the time of the block."""
    settings = environment("tests.support.worker_settings") | {"SMTP_PORT": str(server.port)}
    process = subprocess.Popen([sys.executable, "manage.py", "worker", *options], cwd=ROOT, env=settings)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def wait_until(happens: Callable[[], bool], *, seconds: float = 20) -> float:
    """Look again and again, and give how long it took."""
    start = time.monotonic()
    while not happens():
        assert time.monotonic() < start + seconds, "cela n’est pas arrivé"
        time.sleep(0.005)
    return time.monotonic() - start


def listens() -> bool:
    """Whether a worker waits for calls on the database of the test: `SELECT 1` is how it sees that its line holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'"
            " AND query ~ '^(LISTEN|SELECT 1$)'"
        )
        return cursor.fetchone()[0] > 0
