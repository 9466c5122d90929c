"""Helping who has lost what they log in with, once the support has made sure of who they are.

Only operators ask for it (`habilitations.operators`), or the platform itself.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from chorus_org.common.refusals import Refusal
from chorus_org.journal.kinds import Kind
from chorus_org.journal.models import Event
from habilitations import operators
from users import notifications
from users.models import AskedFor, User
from users.operations.addresses import move_address
from users.operations.requests import answer_owner
from users.operations.sessions import end_sessions


class RecoveryRefused(Refusal):
    """Nothing of an account was given back."""


@transaction.atomic
def reset_factors(*, user_id: int, by: Any, at: datetime) -> None:
    """Remove every application, key and recovery code of an account: the code comes by mail again.

    :param by: who decided; none when the platform itself acts.
    :raises RecoveryRefused: the account is not theirs to help, or there is nothing to remove.
    """
    user = _theirs(user_id, by)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise RecoveryRefused("Ce compte n’a ni application ni clé\u00a0: le code lui arrive déjà par courriel.")
    end_sessions(user_id=user.pk, at=at)
    Event.objects.record(Kind.FACTORS_RESET, actor=by, subject=user, at=at)
    notifications.factors_reset(user, at=at)


@transaction.atomic
def give_address(*, user_id: int, email: str, by: Any, at: datetime) -> None:
    """Put another login address in the place of one that its owner reads no more; both are told.

    The former one cannot take the account back: it may be an intruder's.

    :param email: in its canonical form.
    :param by: who decided; none when the platform itself acts.
    :raises RecoveryRefused: the account is not theirs to help, or the address is that of the account.
    :raises AddressRefused: the address is another account's.
    """
    user = _theirs(user_id, by)
    former = user.email
    if email == former:
        raise RecoveryRefused("C’est déjà l’adresse de connexion de ce compte.", field="email")
    move_address(user=user, email=email, at=at)
    Event.objects.record(Kind.LOGIN_ADDRESS_CHANGED, actor=by, subject=user, at=at)
    notifications.address_given(user, former=former, at=at)
    answer_owner(asked_for=AskedFor.PASSWORD, user=user, at=at)


def _theirs(user_id: int, by: Any) -> User:
    user = User.objects.locked(user_id)
    if by and not operators.may_suspend(by, user):
        raise RecoveryRefused(operators.WHO_MAY_SUSPEND)
    return user
