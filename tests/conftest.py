"""A strict world for every test: a frozen clock, a client that refuses, a journal that only a flush may empty."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client

from tests.support.client import StrictClient
from tests.support.mail import Mails
from tests.support.people import World
from tests.support.postgres import django_db_modify_db_settings

__all__ = ["django_db_modify_db_settings"]

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """The clock stands still at `NOW`, until the test moves it: `clock.shift(60)`."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def now(clock: Any) -> datetime:
    """25/11/2026 10:30 in Paris."""
    return NOW


@pytest.fixture
def client() -> Client:
    return StrictClient()


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def mails(db: None) -> Mails:
    return Mails()


@pytest.fixture
def login(client: Client) -> Any:
    """Log a person in, unless nobody (anonymous), and give the client."""

    def logged_in(user: Any) -> Client:
        if user.is_authenticated:
            client.force_login(user)
        return client

    return logged_in


@pytest.fixture(autouse=True, scope="session")
def flush_empties_the_journal_and_the_jobs() -> None:
    """What empties the database between tests with real transactions lifts the trigger of the journal, only that.

    The jobs are not tables of Django's own: it would leave them.
    """
    sql_flush = DatabaseOperations.sql_flush

    def lifting(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        toggle = "ALTER TABLE journal_event {} TRIGGER journal_event_not_emptied"
        jobs = (
            "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"
        )
        return [toggle.format("DISABLE"), *sql_flush(self, *args, **kwargs), jobs, toggle.format("ENABLE")]

    DatabaseOperations.sql_flush = lifting
