"""Accounts and structures that stop acting, and act again. Suspending changes no habilitation row: the gate closes.

Only operators ask for it (`chorus_org.operators.policies`), or the platform itself.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.operators import policies
from users.models import AccountState, User
from users.operations.sessions import end_sessions


class LifecycleRefused(Refusal):
    """The state of an account was not changed."""


REOPENED = (AccountState.SUSPENDU, AccountState.DESACTIVE, AccountState.INUTILISE)


@transaction.atomic
def suspend_account(*, user_id: int, by: Any, at: datetime) -> None:
    """Close an account until it is opened again: its sessions end, its rights sleep.

    :param by: who decided; none when the platform itself acts.
    :raises LifecycleRefused: the account is that of who decided, or not theirs to suspend, or does not act.
    """
    user = User.objects.locked(user_id)
    if by and by.pk == user.pk:
        raise LifecycleRefused("Vous ne pouvez pas suspendre votre propre compte.")
    _check_right(by, user)
    if user.state == AccountState.SUSPENDU:
        return
    if not user.is_active:
        raise LifecycleRefused(user.state_sentence)
    user.enter(AccountState.SUSPENDU, at=at)
    end_sessions(user_id=user.pk)
    Event.objects.record(Kind.ACCOUNT_SUSPENDED, by=by, subject=user, at=at)


@transaction.atomic
def reopen_account(*, user_id: int, by: Any, at: datetime) -> None:
    """Open a suspended account again: its rights wake as they were, and its owner logs in anew.

    :param by: who decided; none when the platform itself acts.
    :raises LifecycleRefused: the account is not theirs to open, or nothing opens it again (`REOPENED`).
    """
    user = User.objects.locked(user_id)
    _check_right(by, user)
    if user.is_active:
        return
    if user.state not in REOPENED:
        raise LifecycleRefused(user.state_sentence)
    user.enter(AccountState.ACTIF, at=at)
    Event.objects.record(Kind.ACCOUNT_REOPENED, by=by, subject=user, at=at)


@transaction.atomic
def close_sessions(*, user_id: int, by: Any, at: datetime) -> None:
    """End every session of an account, which goes on (security, 7.4.5).

    :param by: who decided; none when the platform itself acts.
    :raises LifecycleRefused: the account is not theirs to close.
    """
    user = User.objects.locked(user_id)
    _check_right(by, user)
    end_sessions(user_id=user.pk)
    Event.objects.record(Kind.SESSIONS_CLOSED, by=by, subject=user, at=at)


def _check_right(by: Any, user: User) -> None:
    if by and not policies.may_suspend(by, user):
        raise LifecycleRefused(policies.WHO_MAY_SUSPEND)
