"""The groups of operators are made by a migration, which can be taken back."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from chorus_org.kernel.mail.admin import RESEND
from chorus_org.operators.policies import SUSPEND, SUSPEND_OPERATOR
from chorus_org.operators.roles import Role
from habilitations.policies import APPOINT
from tests.support.operators import make_groups

ACTS = {name.split(".")[1] for name in (APPOINT, SUSPEND, SUSPEND_OPERATOR, RESEND)}


@pytest.fixture(autouse=True)
def groups(db):
    make_groups()


def held():
    return {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}


def test_there_is_a_group_for_each_role_with_the_acts_that_the_code_asks_for():
    assert set(held()) == set(Role.values)
    assert set.union(*held().values()) & ACTS == ACTS


def test_it_goes_back_and_forth():
    before, viewing = held(), Permission.objects.filter(codename="view_user").get()

    call_command("migrate", "habilitations", "0001", verbosity=0)
    gone = held(), Permission.objects.filter(codename__in=ACTS).count()
    call_command("migrate", verbosity=0)

    assert gone == ({}, 0)
    assert held() == before
    assert Permission.objects.filter(codename="view_user").get() == viewing


def test_it_makes_the_permissions_that_nothing_has_made_yet():
    before = held()
    Group.objects.all().delete()
    Permission.objects.filter(codename__in=[*ACTS, "view_user", "view_event", "view_mail"]).delete()

    make_groups()

    assert held() == before
