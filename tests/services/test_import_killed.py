"""An import whose process dies, at whatever moment, leaves nothing, and runs again to its end."""

import subprocess
import sys

import pytest
from django.db import connection

from services.published import STRUCTURE_COLUMNS
from structures.models import Structure
from tests.support.factories import siret
from tests.support.tree import ROOT
from tests.support.worker import environment, wait_until

FLAGS = ["false", "false", "true", "false", "true", "false", "false", "false", "true"]
# What the import is doing -> how its query reads
MOMENTS = {"reading": "%COPY incoming%", "writing": "%INSERT INTO structures_structure%"}


@pytest.fixture
def path(tmp_path, count):
    path = tmp_path / "annuaire.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(STRUCTURE_COLUMNS) + "\n")
        for number in range(count):
            row = [
                "1",
                siret(number),
                f"COMMUNE {number}",
                *FLAGS,
                "",
                "",
                "",
                "57000",
                "METZ",
                "",
                "",
                "FR",
                "FRANCE",
            ]
            file.write(";".join(row) + "\n")
    return path


def start(path):
    command = [sys.executable, "manage.py", "import_annuaire", str(path)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment("chorus_org.settings.test"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def is_at(query):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            " AND pid <> pg_backend_pid() AND query LIKE %s",
            [query],
        )
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize("count", [5_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_file_killed_in_the_middle_leaves_nothing_and_runs_again_to_its_end(transactional_db, path, count):
    for query in MOMENTS.values():
        process = start(path)
        wait_until(lambda: is_at(query), seconds=120)  # noqa: B023 - called at once
        process.kill()
        process.communicate()
        wait_until(lambda: not is_at("%"), seconds=300)  # the server sees that nobody waits for its answer
        assert Structure.objects.count() == 0

    told, _ = start(path).communicate()

    assert f"{count} lignes lues, {count} écrites, 0 refusées." in told.decode()
    assert Structure.objects.count() == count
