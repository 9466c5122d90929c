"""`manage.py demo`: the site and the worker live and die together."""

import os
import subprocess
import sys
from io import StringIO

import pytest

from chorus_org.demo.management.commands import demo
from tests.support.tree import ROOT
from tests.support.worker import wait_until

# The child says its number once it runs: the order to die with us was given before
CODE = """
import os
from chorus_org.demo.management.commands.demo import child
with child(["sh", "-c", "echo $$; exec sleep 60"], dict(os.environ)) as process:
    process.wait()
"""


def is_dead(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_what_it_starts_dies_with_it():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "chorus_org.settings.test"}
    with subprocess.Popen(
        [sys.executable, "-c", CODE], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()

    wait_until(lambda: is_dead(pid))


@pytest.mark.parametrize(("site", "worker"), [("sleep 60", "exit 3"), ("sleep 0.5; exit 3", "sleep 60")])
def test_it_ends_when_either_ends(monkeypatch, settings, tmp_path, site, worker):
    settings.DATA = tmp_path
    monkeypatch.setattr(demo, "GUNICORN", ["sh", "-c", site])
    monkeypatch.setattr(demo, "WORKER", ["sh", "-c", worker])
    monkeypatch.setattr(demo, "answers", lambda port: True)

    assert demo.Command(stdout=StringIO()).serve(0) == 3
