"""What an answer costs the process that gives it, by itself, without any load."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from statistics import median
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.pages import Page
from structures.profiles import Profile
from tests.support.explain import plan_of
from users.models import User

TURNS, ROUNDS = 20, 12
DEEPER = 9  # frames; twelve rounds of it are about one piece of the stack
LAST = TURNS * ROUNDS  # the number of the request whose queries are counted
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
    """Give what each page costs, through what production serves.

    :param with_buffers: ask also what the database reads for it.
    :raises CommandError: a page gives another status than it should.
    """
    subjects = [Subject(page.label, page.environ, serve) for page in pages]
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


def serve(environ: dict[str, Any]) -> tuple[int, int]:
    """Answer a request to the end; give the status and the bytes of the page."""
    site = import_module("chorus_org.wsgi").application  # made at its first import, when the static files are there
    response = site(environ, lambda status, headers: None)
    size = sum(map(len, response))
    response.close()
    return response.status_code, size


def _cpu(subjects: Sequence[Subject]) -> list[float]:
    """Give the processor's time of each, in ms: the median of many, all subjects in turn.

    In turn, one by one, so that what else the machine does falls on all alike: of a batch, the shorter it is, the
    likelier it finds a quiet moment for itself alone, and the floor is the shortest of all.

    Each round runs at another depth. CPython takes its stack by pieces of 16 KiB, and a loop whose calls cross the
    edge of one takes and gives it back at every turn: it is luck, and up to half of what a page costs.
    """
    _round(subjects, 0)  # what is made once a process is made
    rounds = [_deeper(turn * DEEPER, _round, subjects, turn * TURNS) for turn in range(ROUNDS)]
    return [median(chain.from_iterable(times)) * 1000 for times in zip(*rounds, strict=True)]


def _deeper(frames: int, act: Callable[..., Any], *args: Any) -> Any:
    return _deeper(frames - 1, act, *args) if frames else act(*args)


def _round(subjects: Sequence[Subject], first: int) -> list[list[float]]:
    """Give the seconds of each subject, for each number."""
    turns = [[_once(subject, number) for subject in subjects] for number in range(first, first + TURNS)]
    return [list(times) for times in zip(*turns, strict=True)]


def _once(subject: Subject, number: int) -> float:
    item = subject.prepare(number)
    start = time.process_time()
    subject.act(item)
    return time.process_time() - start
