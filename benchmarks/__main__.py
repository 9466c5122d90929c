"""`make bench`: the command `bench` around a database made for it and thrown away, whatever DATABASE_URL says."""

import os
import signal
import sys
import tempfile
from pathlib import Path

from django.core.management import execute_from_command_line

from chorus_org import embedded


def main() -> None:
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda number, _: sys.exit(128 + number))  # so that what was started is stopped
    with tempfile.TemporaryDirectory() as data, embedded.server(Path(data)) as url:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": url,
            "CHORUS_ORG_DATA": data,
        }
        execute_from_command_line(["benchmarks", "bench", *sys.argv[1:]])


if __name__ == "__main__":
    try:
        main()
    except embedded.DatabaseUnavailable as error:
        sys.exit(str(error))
