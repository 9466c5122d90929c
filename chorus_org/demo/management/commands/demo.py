import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, call_command
from django.db import connections

from chorus_org.embedded import dies_with_us

HOST = "127.0.0.1"
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:chorus_org.gunicorn", "chorus_org.wsgi"]
WORKER = [sys.executable, "manage.py", "worker"]


class Command(BaseCommand):
    help = "Prépare la démonstration et la sert jusqu’à Ctrl-C."

    def handle(self, **options):
        """Migrate, seed, serve; leave when the server leaves, with its code, or when told to stop."""
        for stop in (signal.SIGINT, signal.SIGTERM):  # the first is ignored from birth in the background of a script
            signal.signal(stop, signal.default_int_handler)
        port = int(os.environ.get("PORT") or 8000)
        try:
            if is_taken(port):
                self.stderr.write(f"Le port {port} est déjà pris : choisissez-en un autre avec PORT=…")
                sys.exit(1)
            prepare()
            sys.exit(self.serve(port))
        except KeyboardInterrupt:
            sys.exit(0)

    def serve(self, port: int) -> int:
        """Run gunicorn, say where once it answers, then the worker; give the exit code of the first to leave."""
        environment = {
            **os.environ,
            "LOG_LEVEL": "warning",
            "BIND_ADDRESS": HOST,
            "CHORUS_ORG_DATA": str(settings.DATA),
        }
        with ExitStack() as running:
            site = running.enter_context(child(GUNICORN, environment))
            while site.poll() is None and not answers(port):
                time.sleep(0.05)
            if site.poll() is not None:
                return site.returncode
            self.stdout.write(f"Chorus Organisation : http://{HOST}:{port}/")
            self.stdout.flush()
            worker = running.enter_context(child(WORKER, environment))  # once the site answers: it starts faster
            while site.poll() is None and worker.poll() is None:
                time.sleep(0.2)
            return site.returncode or worker.returncode or 0


@contextmanager
def child(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    """Run a command for the time of the block, and no longer than this process lives."""
    process = subprocess.Popen(
        [*dies_with_us("TERM"), *command], cwd=settings.BASE_DIR, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def prepare() -> None:
    """Bring the database, the demo world and the static files up to date, in silence."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("seed_demo", verbosity=0, stdout=io.StringIO())
    connections.close_all()
    collect_static()


def collect_static() -> None:
    """Collect the static files if one of them changed: to compress them takes longer than all the rest."""
    files = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    state = repr(sorted((str(file), file.stat().st_mtime_ns) for file in files))
    collected = settings.DATA / "static.state"
    if collected.exists() and collected.read_text() == state and settings.STATIC_ROOT.exists():
        return
    collected.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    collected.write_text(state)


def is_taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return True
    return False


def answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/sante/vivant/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
