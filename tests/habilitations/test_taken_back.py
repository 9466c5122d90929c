"""A right taken back is refused at the very next request, whatever process answers it."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from habilitations.operations.profiles import change, grant
from structures.profiles import Profile
from tests.conftest import NOW
from tests.support.people import make_gp, make_member
from tests.support.tree import ROOT
from tests.support.worker import environment

ASKED = Profile.ORGANISATION_MODIFICATION


@contextmanager
def asker(user, path):
    """Gives a function that opens the page, in another process, and says what it answered."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    command = [sys.executable, "-m", "tests.support.asker", session, path, NOW.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen(command, cwd=ROOT, env=environment("chorus_org.settings.test"), **pipes) as process:

        def ask():
            process.stdin.write("?\n")
            return int(process.stdout.readline())

        yield ask
        process.stdin.close()


@pytest.mark.parametrize("times", [10, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_right_taken_back_is_refused_at_the_next_request(transactional_db, world, times):
    gp, member = make_gp(world.structure), make_member(world.structure)
    attachment = member.attachments.get()
    answers = set()
    with asker(member, reverse("services:create")) as ask:
        for _ in range(times):
            given = grant(attachment=attachment, profiles={ASKED}, by=gp, at=NOW)
            before = ask()
            held = set(attachment.structure.newcomers_profiles) | given
            change(attachment=attachment, profiles=held - {ASKED}, seen=held, by=gp, at=NOW)
            answers.add((before, ask()))

    assert answers == {(200, 403)}
