import os
import platform
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from benchmarks import costs, enumeration, load, world
from benchmarks.costs import Cost
from benchmarks.load import Load
from benchmarks.pages import Page, pages
from chorus_org.demo.management.commands.demo import GUNICORN, HOST, answers, prepare
from chorus_org.embedded import dies_with_us

WARM_UP = 1  # second
ROW = "{:32}{:>8}{:>8}{:>7}{:>9}{:>9}{:>8}{:>9}{:>6}{:>9}"
HEAD = (
    ROW.format("", "median", "p95", "", "× floor", "", "CPU", "× floor", "", "HTML"),
    ROW.format("Page", "ms", "ms", "r/s", "r/s", "queries", "ms", "CPU", "aim", "bytes"),
)


class Command(BaseCommand):
    help = "Measure the pages beside their floor, and print one table."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--seconds", type=int, default=2, help="of load, for a page in a round")
        parser.add_argument("--rounds", type=int, default=3, help="of load; the best of each page is kept")

    def handle(self, *, seconds: int, rounds: int, **options: Any) -> None:
        busy = os.getloadavg()[0]
        prepare()
        made = world.make()
        measured = list(pages(made))
        spent = costs.of_pages(measured)
        rights = costs.of_rights(made.many, {"on a structure": made.structures[0], "on a service": made.service})
        answers_of = enumeration.ratios()
        described = machine()
        connections.close_all()
        with serving() as site:
            loads = under_load(measured, site, seconds, rounds)
        self.stdout.write(f"{described}, load {busy:.1f} before and {os.getloadavg()[0]:.1f} after")
        self.stdout.write(f"Best of {rounds} rounds of {seconds} s, {load.CONNECTIONS} connections, {generator()}\n")
        for line in table(measured, spent, loads):
            self.stdout.write(line)
        self.stdout.write("\nOne check of a right: queries, buffers, CPU ms")
        for label, cost in rights:
            self.stdout.write(f"  {label:16}{cost.queries:>4}{cost.buffers:>6}{cost.cpu:>8.2f}")
        self.stdout.write(f"\nAnswers about an address, medians of {enumeration.TRIES}: known ms, unknown ms, ratio")
        for label, known, unknown in answers_of:
            self.stdout.write(f"  {label:22}{known:>8.2f}{unknown:>8.2f}{known / unknown:>8.3f}")


def table(measured: list[Page], spent: list[Cost], loads: list[Load]) -> Iterator[str]:
    yield from HEAD
    for page, cost, one in zip(measured, spent, loads, strict=True):
        yield ROW.format(
            page.label,
            f"{one.median:.1f}",
            f"{one.p95:.1f}",
            f"{one.rate:.0f}",
            f"{loads[0].rate / one.rate:.1f}",
            cost.queries,
            f"{cost.cpu:.2f}",
            f"{cost.cpu / spent[0].cpu:.1f}",
            f"≤ {page.aim}" if page.aim else "",
            cost.size,
        )
    if broken := sum(one.broken for one in loads):
        yield f"{broken} requests fell on a worker that was being renewed"


def machine() -> str:
    version = connection.pg_version
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}, "
        f"PostgreSQL {version // 10000}.{version % 10000}"
    )


def generator() -> str:
    if load.WRK:
        return "wrk -t1"
    return "by a loop in Python, which disturbs the site more than wrk: « apt install wrk » gives it"


@contextmanager
def serving() -> Iterator[str]:
    """Serve the site as production does, and give its address."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "BIND_ADDRESS": HOST, "LOG_LEVEL": "warning"}
    process = subprocess.Popen([*dies_with_us("TERM"), *GUNICORN], cwd=settings.BASE_DIR, env=environment)
    try:
        while process.poll() is None and not answers(port):
            time.sleep(0.05)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


def under_load(measured: list[Page], site: str, seconds: int, rounds: int) -> list[Load]:
    """Load the pages in turn, several times over, and keep for each the round in which the machine was calmest."""
    for page in measured:
        one_load(page, site, WARM_UP)
    tried = [[one_load(page, site, seconds) for page in measured] for _ in range(rounds)]
    return [max(of_page, key=lambda one: one.rate) for of_page in zip(*tried, strict=True)]


def one_load(page: Page, site: str, seconds: int) -> Load:
    """Load one page. Raises CommandError when it was answered otherwise than it should."""
    one = load.run(seconds, site + page.path, page.visitor.cookie, page.bodies)
    if one.refused != (one.requests if page.status >= 400 else 0):
        raise CommandError(f"{page.label}: {one.refused} of {one.requests} requests refused")
    return one
