"""What a page costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

WRITING = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALTER", "CREATE", "DROP")
OF_SESSIONS = '"users_session"'
OF_THE_TEST = ("SAVEPOINT", "RELEASE SAVEPOINT")  # in production, the BEGIN and COMMIT of the request


def count_queries(client: Any, url: str) -> int:
    """How many queries the page takes, once the process is warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len([query for query in queries if not query["sql"].startswith(OF_THE_TEST)])


@contextmanager
def operation_queries() -> Iterator[list[str]]:
    """What the block asks of the database, savepoints included, but for the BEGIN and COMMIT of its transaction."""
    asked: list[str] = []
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        yield asked
        asked += [query["sql"] for query in queries]


def writes(queries: Any) -> list[str]:
    """Those of the captured queries that change something; that a session is in use is not such a thing."""
    written = [query["sql"] for query in queries if query["sql"].startswith(WRITING)]
    return [sql for sql in written if OF_SESSIONS not in sql]
