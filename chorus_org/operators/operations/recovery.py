"""Helping who has lost what they log in with, once the support has made sure of who they are (security, 6.4.4).

Nothing changes for 72 hours: the owner is told, and a login of theirs in between ends it. Only operators ask for it
(`chorus_org.operators.roles`), or the platform itself.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.timezone import localtime

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.operators import policies
from users import notifications
from users.models import AskedFor, Recovery, User
from users.operations.addresses import AddressRefused, give_address_back
from users.operations.requests import answer_owner

DELAY = timedelta(hours=72)


class RecoveryRefused(Refusal):
    """Nothing of an account will be given back."""


@transaction.atomic
def ask_factors_reset(*, user_id: int, by: Any, at: datetime) -> None:
    """Have every application, key and recovery code of an account removed in 72 hours.

    :param by: who decided; none when the platform itself acts.
    :raises RecoveryRefused: the account is not theirs to help, there is nothing to remove, or something waits already.
    """
    user = _theirs(user_id, by)
    if not Authenticator.objects.filter(user=user).exists():
        raise RecoveryRefused("Ce compte n’a ni application ni clé\u00a0: le code lui arrive déjà par courriel.")
    _ask(user, "", by, at)


@transaction.atomic
def ask_new_address(*, user_id: int, email: str, by: Any, at: datetime) -> None:
    """Have another login address put in 72 hours in the place of one that its owner reads no more.

    :param email: in its canonical form.
    :param by: who decided; none when the platform itself acts.
    :raises RecoveryRefused: as above, or the address is that of an account.
    """
    user = _theirs(user_id, by)
    if User.objects.filter(email=email).exists():
        raise RecoveryRefused("Cette adresse est déjà celle d’un compte.", field="email")
    _ask(user, email, by, at)


@transaction.atomic
def drop_recovery(*, user_id: int, by: Any, at: datetime) -> None:
    """Give up what waits.

    :raises RecoveryRefused: the account is not theirs to help, or nothing waits (any more).
    """
    user = _theirs(user_id, by)
    dropped, _ = Recovery.objects.filter(user=user).delete()
    if not dropped:
        raise RecoveryRefused("Aucune demande n’attend pour ce compte.")
    Event.objects.record(Kind.RECOVERY_DROPPED, by=by, subject=user, at=at)


@transaction.atomic
def recover(*, user_id: int, at: datetime) -> None:
    """Do what has waited long enough, unless the owner has logged in since: they had lost nothing."""
    user = User.objects.locked(user_id)
    recovery = Recovery.objects.filter(user=user, due_at__lte=at).first()
    if recovery is None:
        return
    recovery.delete()
    if not user.is_active or (user.last_login and user.last_login >= recovery.asked_at):
        Event.objects.record(Kind.RECOVERY_DROPPED, by=None, subject=user, at=at)
    elif recovery.email:
        _give_address(user, recovery.email, at)
    else:
        _reset_factors(user, at)


def _ask(user: User, email: str, by: Any, at: datetime) -> None:
    if waiting := Recovery.objects.filter(user=user).first():
        when = f"{localtime(waiting.due_at):%d/%m/%Y à %H:%M}"
        raise RecoveryRefused(f"Une demande attend déjà pour ce compte, jusqu’au {when}.")
    Recovery.objects.create(user=user, email=email, asked_at=at, due_at=at + DELAY)
    Event.objects.record(Kind.RECOVERY_ASKED, by=by, subject=user, at=at, address=bool(email))
    notifications.recovery_asked(user, due_at=at + DELAY, address=bool(email), at=at)


def _reset_factors(user: User, at: datetime) -> None:
    """No session is left to end: none lasts as long as the delay."""
    Authenticator.objects.filter(user=user).delete()
    Event.objects.record(Kind.FACTORS_RESET, by=None, subject=user, at=at)
    notifications.factors_reset(user, at=at)


def _give_address(user: User, email: str, at: datetime) -> None:
    """The former address cannot take the account back: it may be an intruder's."""
    former = user.email
    try:
        give_address_back(user=user, email=email, at=at)
    except AddressRefused:  # somebody opened an account with it in between
        Event.objects.record(Kind.RECOVERY_DROPPED, by=None, subject=user, at=at)
        return
    Event.objects.record(Kind.LOGIN_ADDRESS_CHANGED, by=None, subject=user, at=at)
    notifications.address_given(user, former=former, at=at)
    answer_owner(asked_for=AskedFor.PASSWORD, user=user, at=at)


def _theirs(user_id: int, by: Any) -> User:
    user = User.objects.locked(user_id)
    if by and not policies.may_suspend(by, user):
        raise RecoveryRefused(policies.WHO_MAY_SUSPEND)
    if not user.is_active:
        raise RecoveryRefused(user.state_sentence)
    return user
