#!/usr/bin/env python
"""Django's commands; under the demo's settings they bring their own database."""

import os
import signal
import sys
from pathlib import Path

from chorus_org import embedded


def main() -> None:
    """Run the command, inside the embedded server unless DATABASE_URL names another."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chorus_org.settings.demo")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the server is stopped
    if os.environ["DJANGO_SETTINGS_MODULE"] != "chorus_org.settings.demo" or os.environ.get("DATABASE_URL"):
        return run()
    data = Path(os.environ.get("CHORUS_ORG_DATA") or Path(__file__).with_name(".data"))
    try:
        with embedded.server(data) as url:
            os.environ["DATABASE_URL"] = url
            run()
    except embedded.DatabaseUnavailable as error:
        sys.exit(str(error))


def run() -> None:
    from django.core.management import execute_from_command_line  # reads the environment set above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
