"""Who is of the staff of the platform."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.operators.roles import Role
from users.models import User
from users.operations.sessions import end_sessions


class OperatorRefused(Refusal):
    """An account was not made an operator's."""


@transaction.atomic
def make_operator(*, user_id: int, role: str, by: Any, at: datetime) -> None:
    """Make an account that of an operator with this role and no other; whoever is logged in to it logs in anew.

    :param by: who decided; none when the platform itself acts.
    :raises OperatorRefused: there is no such role, or the account does not act.
    """
    user = User.objects.locked(user_id)
    if role not in Role.values:
        raise OperatorRefused(f"Choisissez un rôle parmi\u00a0: {', '.join(Role.values)}.", field="role")
    if not user.is_active:
        raise OperatorRefused(
            f"{user.state_sentence} Seul un compte actif peut être celui d’un exploitant.", field="email"
        )
    if user.is_staff and set(user.groups.values_list("name", flat=True)) == {role}:
        return
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.set([Group.objects.get(name=role)])
    end_sessions(user_id=user.pk)
    Event.objects.record(Kind.OPERATOR_MADE, by=by, subject=user, at=at, role=role)
