"""What an answer costs the process that gives it, by itself, without any load."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.pages import Page
from structures.profiles import Profile
from tests.support.explain import plan_of
from users.models import User

BATCH, ROUNDS = 20, 12
DEEPER = 9  # frames; twelve rounds of it are about one piece of the stack
LAST = BATCH * ROUNDS  # the number of the request whose queries are counted
FRAME = ("BEGIN", "COMMIT")  # of the transaction around a page


@dataclass(frozen=True)
class Subject:
    """Something to measure: `act` on what `prepare` made of a number, out of the measure."""

    label: str
    prepare: Callable[[int], Any]
    act: Callable[[Any], Any]


@dataclass(frozen=True)
class Cost:
    queries: int
    cpu: float  # ms
    size: int = 0  # bytes
    buffers: int = 0


def of_pages(pages: Sequence[Page], *, with_buffers: bool = False) -> list[Cost]:
    """Give what each page costs, through the whole handler.

    :param with_buffers: ask also what the database reads for it.
    :raises CommandError: a page gives another status than it should.
    """
    handler = WSGIHandler()
    subjects = [Subject(page.label, page.environ, lambda environ: serve(handler, environ)) for page in pages]
    costs = []
    for page, subject, cpu in zip(pages, subjects, _cpu(subjects), strict=True):
        with CaptureQueriesContext(connection) as queries:
            status, size = subject.act(subject.prepare(LAST))
        if status != page.status:
            raise CommandError(f"{page.label}: {status}")
        asked = [query["sql"] for query in queries if query["sql"] not in FRAME]
        read = [sql for sql in asked if with_buffers and sql.lstrip("( \n").startswith("SELECT")]
        buffers = sum(plan_of(sql).buffers for sql in read)
        costs.append(Cost(len(asked), cpu, size, buffers))
    return costs


def of_rights(user: User, objects: dict[str, Any]) -> list[tuple[str, Cost]]:
    """Give what it costs to ask whether the person holds « Organisation modification » on each object.

    :param objects: by the label of their row. :raises CommandError: they do not hold it.
    """
    subjects = [
        Subject(label, lambda _, obj=obj: obj, lambda obj: user.has_perm(Profile.ORGANISATION_MODIFICATION, obj))
        for label, obj in objects.items()
    ]
    costs = []
    for subject, obj, cpu in zip(subjects, objects.values(), _cpu(subjects), strict=True):
        with CaptureQueriesContext(connection) as queries:
            if not subject.act(obj):
                raise CommandError(f"{subject.label}: refused")
        buffers = sum(plan_of(query["sql"]).buffers for query in queries)
        costs.append((subject.label, Cost(len(queries), cpu, buffers=buffers)))
    return costs


def serve(handler: WSGIHandler, environ: dict[str, Any]) -> tuple[int, int]:
    """Answer a request to the end; give the status and the bytes of the page."""
    response = handler(environ, lambda status, headers: None)
    size = sum(map(len, response))
    response.close()
    return response.status_code, size


def _cpu(subjects: Sequence[Subject]) -> list[float]:
    """Give the processor's time of each, in ms: the least of several batches, all subjects in turn in each round.

    Each round runs at another depth. CPython takes its stack by pieces of 16 KiB, and a loop whose calls cross the
    edge of one takes and gives it back at every turn: it is luck, and up to half of what a page costs.
    """
    rounds = [_deeper(turn * DEEPER, _round, subjects, turn * BATCH) for turn in range(ROUNDS)]
    return [min(times) for times in zip(*rounds, strict=True)]


def _deeper(frames: int, act: Callable[..., Any], *args: Any) -> Any:
    return _deeper(frames - 1, act, *args) if frames else act(*args)


def _round(subjects: Sequence[Subject], first: int) -> list[float]:
    return [_batch(subject, first) for subject in subjects]


def _batch(subject: Subject, first: int) -> float:
    prepared = [subject.prepare(number) for number in range(first, first + BATCH)]
    start = time.process_time()
    for item in prepared:
        subject.act(item)
    return (time.process_time() - start) / BATCH * 1000
