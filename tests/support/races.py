"""Several people who act at the same moment, each with a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

# A race is run ten times, and a hundred times by `make test-slow`
rounds = pytest.mark.parametrize("_", [*range(10), *(pytest.param(n, marks=pytest.mark.slow) for n in range(10, 100))])


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Start these acts together, each in a thread, and give what each returned, or the exception it raised.

    What they change is committed: the test needs `transactional_db`.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            _connect(barrier)
            barrier.wait()
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(run, acts))


def _connect(barrier: Barrier) -> None:
    """Connect, so that no test waits for ever; who cannot lets nobody wait for them."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '20s'")
    except Exception:
        barrier.abort()
        raise
