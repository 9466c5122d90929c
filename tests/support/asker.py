"""Another process that opens a page again and again, as one person: for each line it reads, it writes the status."""

import sys

import django
import time_machine


def main(session: str, path: str, now: str) -> None:
    time_machine.travel(now, tick=False).start()
    django.setup()
    from django.conf import settings
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    for _ in sys.stdin:
        print(client.get(path, secure=True).status_code, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
