"""Suspending an account: its sessions and its rights sleep, and no row changes."""

from functools import partial

import pytest
from django.contrib.auth import get_user
from django.test import RequestFactory

from chorus_org.kernel.journal.models import Event
from chorus_org.operators.operations.lifecycle import suspend_account
from habilitations.models import Attachment, StructureHabilitation
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import UserFactory
from tests.support.operators import make_staff
from tests.support.races import race
from users.models import AccountState, User


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def operator(db):
    return make_staff("administrateur")


def test_a_suspended_account_is_closed_and_the_journal_says_by_whom(gp, operator, now):
    suspend_account(user_id=gp.pk, by=operator, at=now)

    gp.refresh_from_db()
    [event] = Event.objects.about(gp).filter(kind="account.suspended")
    assert not gp.is_active
    assert (event.actor_id, event.scope_id, event.at, event.details) == (operator.public_id, None, now, {})


def test_its_rights_sleep_and_wake_with_it(gp, world, now):
    def rights():
        person = User.objects.get(pk=gp.pk)
        held = Structure.objects.held_by(person, Profile.ORGANISATION_MODIFICATION)
        return person.has_perm(Profile.ORGANISATION_MODIFICATION, world.structure), list(held)

    before = rights()
    suspend_account(user_id=gp.pk, by=None, at=now)
    asleep = rights()
    User.objects.filter(pk=gp.pk).update(state=AccountState.ACTIF)

    assert asleep == (False, [])
    assert rights() == before == (True, [world.structure])


def test_no_row_changes_and_the_gp_stays_the_gp(gp, world, now):
    rows = [list(model.objects.order_by("pk").values()) for model in (Attachment, StructureHabilitation)]

    suspend_account(user_id=gp.pk, by=None, at=now)

    world.structure.refresh_from_db()
    assert [list(model.objects.order_by("pk").values()) for model in (Attachment, StructureHabilitation)] == rows
    assert world.structure.principal_manager == gp


def test_a_session_ends_with_its_next_click(client, gp, now):
    client.force_login(gp)
    request = RequestFactory().get("/")
    request.session = client.session
    before = get_user(request)

    suspend_account(user_id=gp.pk, by=None, at=now)

    assert before == gp
    assert get_user(request).is_anonymous


def test_suspending_twice_is_told_once(gp, now):
    for _ in range(2):
        suspend_account(user_id=gp.pk, by=None, at=now)

    assert Event.objects.filter(kind="account.suspended").count() == 1


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_suspensions_at_once_are_told_once(transactional_db, now, rounds):
    for _ in range(rounds):
        person = UserFactory()
        act = partial(suspend_account, user_id=person.pk, by=None, at=now)

        outcomes = race(act, act)

        assert outcomes == [None, None]
        assert Event.objects.about(person).count() == 1
