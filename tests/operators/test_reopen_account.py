"""Opening a suspended account again: its rights wake as they were, its old sessions do not."""

from functools import partial

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.operators.operations.lifecycle import LifecycleRefused, reopen_account, suspend_account
from habilitations.models import Attachment, StructureHabilitation
from structures.models import Structure
from structures.profiles import Profile
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.operators import actor_of, make_staff, rows
from tests.support.races import race
from users.models import AccountState, Session, User

MINE = "/organisation/structures/"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def operator(db):
    return make_staff("administrateur")


def test_a_reopened_account_is_open_and_the_journal_says_by_whom(gp, operator, now):
    suspend_account(user_id=gp.pk, by=operator, at=now)
    reopen_account(user_id=gp.pk, by=operator, at=now)

    gp.refresh_from_db()
    [event] = Event.objects.about(gp).filter(kind="account.reopened")
    assert gp.is_active
    assert (event.actor_id, event.scope_id, event.at, event.details) == (operator.public_id, None, now, {})


def test_its_rights_wake_as_they_were_and_no_row_changes(gp, world, now):
    before = rows(Attachment, StructureHabilitation, Structure)
    suspend_account(user_id=gp.pk, by=None, at=now)
    reopen_account(user_id=gp.pk, by=None, at=now)

    assert rows(Attachment, StructureHabilitation, Structure) == before
    assert User.objects.get(pk=gp.pk).has_perm(Profile.ORGANISATION_MODIFICATION, world.structure)


def test_no_session_survives_the_suspension(gp, now):
    at_home, at_work, other = StrictClient(), StrictClient(), StrictClient()
    at_home.force_login(gp)
    at_work.force_login(gp)
    other.force_login(UserFactory())

    suspend_account(user_id=gp.pk, by=None, at=now)
    reopen_account(user_id=gp.pk, by=None, at=now)

    assert [client.get(MINE).status_code for client in (at_home, at_work, other)] == [302, 302, 200]
    assert Session.objects.count() == 1


def test_the_owner_logs_in_anew_with_the_same_password(client, gp, now):
    def log_in():
        return client.post("/comptes/login/", {"login": gp.email, "password": PASSWORD}).status_code

    suspend_account(user_id=gp.pk, by=None, at=now)
    while_suspended = log_in()
    reopen_account(user_id=gp.pk, by=None, at=now)

    assert (while_suspended, log_in()) == (422, 302)


def test_reopening_what_is_open_is_not_told(gp, now):
    reopen_account(user_id=gp.pk, by=None, at=now)

    assert not Event.objects.filter(kind="account.reopened").exists()


@pytest.mark.parametrize("state", [AccountState.DESACTIVE, AccountState.INUTILISE])
def test_an_account_asleep_is_opened_too(db, now, state):
    person = UserFactory(state=state)

    reopen_account(user_id=person.pk, by=None, at=now)

    person.refresh_from_db()
    assert person.is_active


@pytest.mark.parametrize(
    ("act", "state", "sentence"),
    [
        (reopen_account, AccountState.A_ACTIVER, "Ce compte est à activer."),
        (reopen_account, AccountState.ANONYMISE, "Ce compte est anonymisé."),
        (suspend_account, AccountState.A_ACTIVER, "Ce compte est à activer."),
        (suspend_account, AccountState.DESACTIVE, "Ce compte est désactivé."),
        (suspend_account, AccountState.INUTILISE, "Ce compte est inutilisé."),
        (suspend_account, AccountState.ANONYMISE, "Ce compte est anonymisé."),
    ],
)
def test_a_state_that_the_act_does_not_suit_is_refused_by_its_name(db, now, act, state, sentence):
    person = UserFactory(state=state)

    with pytest.raises(LifecycleRefused, match=f"^{sentence}$"):
        act(user_id=person.pk, by=None, at=now)

    person.refresh_from_db()
    assert person.state == state
    assert not Event.objects.exists()


def test_nobody_suspends_their_own_account(operator, now):
    with pytest.raises(LifecycleRefused, match="votre propre compte"):
        suspend_account(user_id=operator.pk, by=operator, at=now)

    operator.refresh_from_db()
    assert operator.is_active
    assert not Event.objects.about(operator).filter(kind="account.suspended").exists()


@pytest.mark.parametrize("act", [suspend_account, reopen_account])
@pytest.mark.parametrize("actor", ["stranger", "gp", "operator", "auditeur"])
def test_who_may_not_is_refused_after_the_lock_too(world, now, actor, act):
    person = UserFactory(state=AccountState.ACTIF if act is suspend_account else AccountState.SUSPENDU)

    with pytest.raises(LifecycleRefused, match="revient aux exploitants"):
        act(user_id=person.pk, by=actor_of(world, actor), at=now)

    assert User.objects.get(pk=person.pk).state == person.state
    assert not Event.objects.about(person).exists()


@pytest.mark.parametrize("act", [suspend_account, reopen_account])
def test_an_account_that_is_not_there_is_no_account(db, now, act):
    with pytest.raises(User.DoesNotExist):
        act(user_id=0, by=None, at=now)


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_reopenings_at_once_are_told_once(transactional_db, now, rounds):
    for _ in range(rounds):
        person = UserFactory(state=AccountState.SUSPENDU)
        act = partial(reopen_account, user_id=person.pk, by=None, at=now)

        outcomes = race(act, act)

        assert outcomes == [None, None]
        assert Event.objects.about(person).count() == 1


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_suspending_and_reopening_at_once_end_in_what_the_journal_says_last(transactional_db, now, rounds):
    for _ in range(rounds):
        person = UserFactory()
        suspend_account(user_id=person.pk, by=None, at=now)

        race(*(partial(act, user_id=person.pk, by=None, at=now) for act in (suspend_account, reopen_account)))

        person.refresh_from_db()
        kinds = [event.kind for event in Event.objects.about(person)]
        assert person.is_active == (kinds[-1] == "account.reopened")
