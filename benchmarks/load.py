"""Load from a second process: as many requests as the site answers, over four connections kept open.

By `wrk` where it is installed, else by this module: `python -m benchmarks.load SECONDS URL COOKIE [BODY…]`.
"""

import json
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

WRK = shutil.which("wrk")
CONNECTIONS = 4


@dataclass(frozen=True)
class Load:
    requests: int
    seconds: float
    median: float  # ms, like the next
    p95: float
    refused: int  # answered by 400 or more
    broken: int  # not answered: gunicorn renews a worker every 10,000 requests

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def run(seconds: int, url: str, cookie: str, bodies: list[str]) -> Load:
    """Load one address for so many seconds: GET, or POST each body in turn, with « @ » made a new number."""
    command = [sys.executable, "-m", "benchmarks.load", str(seconds), url, cookie, *bodies]
    if WRK:
        script = str(Path(__file__).with_suffix(".lua"))
        command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url, "--", cookie, *bodies]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Load(**json.loads(output.splitlines()[-1]))


def main(seconds: str, url: str, cookie: str, *bodies: str) -> None:
    """Do what `wrk` does, and print the same line."""
    numbers, answers, start = count(), [], time.time()
    end = start + int(seconds)
    threads = [
        threading.Thread(target=_ask, args=(url, cookie, bodies, numbers, answers, end)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [milliseconds for milliseconds, status in answers if status]
    refused = sum(status >= 400 for _, status in answers)
    p95 = statistics.quantiles(times, n=20)[-1]
    load = Load(len(times), time.time() - start, statistics.median(times), p95, refused, len(answers) - len(times))
    sys.stdout.write(json.dumps(vars(load)) + "\n")


def _ask(
    url: str,
    cookie: str,
    bodies: tuple[str, ...],
    numbers: "count[int]",
    answers: list[tuple[float, int]],
    end: float,
) -> None:
    """Ask over one connection until the end, and note how long each answer took, and its status: 0 if none came."""
    connection, path = HTTPConnection(urlsplit(url).netloc), urlsplit(url).path
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    while time.time() < end:
        number, begun = next(numbers), time.perf_counter()
        body = bodies[number % len(bodies)].replace("@", f"{int(end)}_{number}") if bodies else None
        try:
            connection.request("POST" if bodies else "GET", path, body, headers)
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, HTTPException):
            connection.close()
            status = 0
        answers.append(((time.perf_counter() - begun) * 1000, status))


if __name__ == "__main__":
    main(*sys.argv[1:])
