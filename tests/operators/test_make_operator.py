"""Making an account that of an operator: staff, with exactly one role."""

from functools import partial

import pytest
from django.contrib.auth.models import Group

from chorus_org.kernel.journal.models import Event
from chorus_org.operators.operations.roles import OperatorRefused, make_operator
from chorus_org.operators.roles import Role
from tests.support.client import StrictClient
from tests.support.factories import UserFactory
from tests.support.operators import make_groups, make_staff
from tests.support.people import make_member
from tests.support.races import race
from users.models import AccountState, User


@pytest.fixture
def person(db):
    make_groups()
    return UserFactory()


def roles_of(user):
    return list(user.groups.values_list("name", flat=True))


@pytest.mark.parametrize("role", Role.values)
def test_a_person_becomes_an_operator_and_the_journal_says_which(person, role, now):
    make_operator(user_id=person.pk, role=role, by=None, at=now)

    person.refresh_from_db()
    [event] = Event.objects.about(person)
    assert (person.is_staff, person.is_superuser, roles_of(person)) == (True, False, [role])
    assert (event.kind, event.actor_id, event.scope_id, event.at) == ("operator.made", None, None, now)
    assert event.details == {"role": role}


def test_another_role_replaces_the_first(db, now):
    operator = make_staff("administrateur")

    make_operator(user_id=operator.pk, role="auditeur", by=None, at=now)

    operator = User.objects.get(pk=operator.pk)
    assert roles_of(operator) == ["auditeur"]
    assert not operator.has_perm("users.suspend_user")
    assert operator.has_perm("journal.view_event")


def test_twice_the_same_role_is_told_once(person, now):
    for _ in range(2):
        make_operator(user_id=person.pk, role="support", by=None, at=now)

    assert Event.objects.about(person).count() == 1


def test_a_group_without_the_staff_flag_is_made_whole(person, now):
    person.groups.add(Group.objects.get(name="support"))

    make_operator(user_id=person.pk, role="support", by=None, at=now)

    person.refresh_from_db()
    assert person.is_staff


def test_whoever_is_logged_in_logs_in_anew(person, now):
    client, other = StrictClient(), StrictClient()
    client.force_login(person)
    other.force_login(UserFactory())

    make_operator(user_id=person.pk, role="support", by=None, at=now)

    assert [each.get("/organisation/structures/").status_code for each in (client, other)] == [302, 200]


@pytest.mark.parametrize("role", ["", "superuser", "Support", "support "])
def test_a_role_that_does_not_exist_is_refused(person, role, now):
    with pytest.raises(OperatorRefused, match="support, administrateur, auditeur"):
        make_operator(user_id=person.pk, role=role, by=None, at=now)

    person.refresh_from_db()
    assert not person.is_staff
    assert not Event.objects.about(person).exists()


def test_a_suspended_account_is_refused(person, now):
    User.objects.filter(pk=person.pk).update(state=AccountState.SUSPENDU)

    with pytest.raises(OperatorRefused, match="Ce compte est suspendu"):
        make_operator(user_id=person.pk, role="support", by=None, at=now)

    assert not roles_of(person)


def test_a_role_gives_no_right_in_the_portal_and_takes_none(world, now):
    make_groups()
    member = make_member(world.structure)
    before = member.get_all_permissions(world.structure)

    make_operator(user_id=member.pk, role="administrateur", by=None, at=now)

    member = User.objects.get(pk=member.pk)
    assert member.get_all_permissions(world.structure) == before
    assert not member.get_all_permissions(world.elsewhere)


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_roles_at_once_leave_one(transactional_db, now, rounds):
    make_groups()
    for _ in range(rounds):
        person = UserFactory()
        acts = [partial(make_operator, user_id=person.pk, role=role, by=None, at=now) for role in Role.values[:2]]

        outcomes = race(*acts)

        assert outcomes == [None, None]
        assert roles_of(person) == [Event.objects.about(person).last().details["role"]]
