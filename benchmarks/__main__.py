"""`make bench`: the command `bench` around a database made for it and thrown away, whatever DATABASE_URL says.

`make bench-country`: `bench_country` in a small and in a large country, each kept in a folder for the next time.

`python -m benchmarks plans`: `bench_plans` in the large one, the tables of `docs/plans.md`.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from django.core.management import execute_from_command_line

from chorus_org import embedded

SMALL, LARGE = 10_000, 1_000_000
COUNTRIES = Path(".data/countries")


def main() -> None:
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda number, _: sys.exit(128 + number))  # so that what was started is stopped
    if sys.argv[1:2] == ["country"]:
        return in_countries(*map(int, sys.argv[2:] or (SMALL, LARGE)))
    if sys.argv[1:2] == ["plans"]:
        print(_in_country("bench_plans", LARGE))  # noqa: T201
        return None
    with tempfile.TemporaryDirectory() as data, embedded.server(Path(data)) as url:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": url,
            "CHORUS_ORG_DATA": data,
        }
        execute_from_command_line(["benchmarks", "bench", *sys.argv[1:]])


def in_countries(*sizes: int) -> None:
    """Measure the same in countries of several sizes, and print the figures side by side."""
    figures = [json.loads(_in_country("bench_country", size)) for size in sizes]
    print("{:48}".format("queries, CPU ms, buffers"), *(f"{size:>22,}" for size in sizes))  # noqa: T201
    for labels in zip(*figures, strict=True):
        shown = [str(of_size[label]) for of_size, label in zip(figures, labels, strict=True)]
        print(f"{labels[-1]:48}", *(f"{each:>22}" for each in shown))  # noqa: T201


def _in_country(name: str, size: int) -> str:
    """What a command says of a country of that size."""
    with embedded.server(COUNTRIES / str(size), durable=False) as url:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": url,
            "CHORUS_ORG_DATA": str(COUNTRIES),
        }
        command = [sys.executable, "manage.py", name, str(size)]
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout


if __name__ == "__main__":
    try:
        main()
    except embedded.DatabaseUnavailable as error:
        sys.exit(str(error))
