"""What gives the second factor, recovery codes, and what their owner is told."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users import notifications
from users.login.allauth_private import TOTP
from users.models import User
from users.operations.sessions import end_sessions

RECOVERY_CODES = 10
KEYS = 10
FACTORS = {Authenticator.Type.TOTP: "une application", Authenticator.Type.WEBAUTHN: "une clé de sécurité"}
# None is taken for another; 16 of them are 80 bits
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # pragma: allowlist secret


class FactorRefused(Refusal):
    """A factor was not added or removed."""


class FactorGone(FactorRefused):
    """It is no factor any more: somebody was faster, in another tab."""

    status = 409


@transaction.atomic
def spend_recovery_code(*, user_id: int, code: str, at: datetime) -> Authenticator | None:
    """Strike a recovery code off, and give the list it stood on; none if it stands on none."""
    user = User.objects.locked(user_id)
    kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if kept is None or (hashed := _hash(code)) not in kept.data["hashes"]:
        return None
    kept.data["hashes"].remove(hashed)
    kept.save(update_fields=["data"])
    left = len(kept.data["hashes"])
    Event.objects.record(Kind.RECOVERY_CODE_USED, by=user, subject=user, at=at, left=left)
    notifications.recovery_code_used(user, left=left, at=at)
    return kept


@transaction.atomic
def make_recovery_codes(*, user_id: int, at: datetime) -> list[str]:
    """Ten new codes, which nobody can read again; the former ones open nothing any more."""
    user = User.objects.locked(user_id)
    signs = ["".join(secrets.choice(SIGNS) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    codes = ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in signs]
    Authenticator.objects.update_or_create(
        user=user,
        type=Authenticator.Type.RECOVERY_CODES,
        defaults={"data": {"hashes": [_hash(code) for code in codes]}, "created_at": at, "last_used_at": None},
    )
    Event.objects.record(Kind.RECOVERY_CODES_MADE, by=user, subject=user, at=at)
    notifications.recovery_codes_made(user, at=at)
    return codes


@transaction.atomic
def add_application(*, user_id: int, secret: str, session: str, at: datetime) -> None:
    """An application gives the codes from now on; its owner is told, every session but this one ends (7.4.3).

    :param session: the key of the session that goes on.
    :raises FactorRefused: one gives them already.
    """
    user = User.objects.locked(user_id)
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        raise FactorRefused("Une application donne déjà vos codes. Retirez-la avant d’en ajouter une autre.")
    TOTP.activate(user, secret)
    _added(user, Authenticator.Type.TOTP, session, at)


@transaction.atomic
def remove_application(*, user_id: int, session: str, at: datetime) -> None:
    """The application gives no code any more; as above.

    :raises FactorGone: there is none (any more).
    """
    user = User.objects.locked(user_id)
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if found is None:
        raise FactorGone("Aucune application ne donne vos codes.")
    _remove(found, user, session, at)


@transaction.atomic
def add_key(*, user_id: int, name: str, credential: dict[str, Any], session: str, at: datetime) -> None:
    """A security key, or a passkey, is a second factor from now on; as above.

    :param credential: what the browser answered, already found right (`users.second_factor.keys.registered`).
    :raises FactorRefused: there are ten already, or the key is registered, by whomever.
    """
    user = User.objects.locked(user_id)
    keys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    if keys.filter(user=user).count() >= KEYS:
        raise FactorRefused(f"Vous avez déjà {KEYS} clés. Retirez-en une avant d’en ajouter une autre.")
    if keys.filter(data__credential__id=credential["id"]).exists():
        raise FactorRefused("Cette clé est déjà enregistrée. Utilisez-en une autre.")
    kept = {"name": name, "credential": credential, "counter": 0}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=kept, created_at=at)
    _added(user, Authenticator.Type.WEBAUTHN, session, at)


@transaction.atomic
def use_key(*, user_id: int, key_id: int, counter: int, at: datetime) -> bool:
    """Whether a right answer of a key serves: its own count of signatures must grow, else the key was copied.

    A key that does not count says 0 for ever (WebAuthn, 7.2, step 22).
    """
    user = User.objects.locked(user_id)
    key = Authenticator.objects.filter(user=user, pk=key_id).first()
    if key is None or (counter or key.data["counter"]) and counter <= key.data["counter"]:
        return False
    key.data["counter"], key.last_used_at = counter, at
    key.save(update_fields=["data", "last_used_at"])
    return True


@transaction.atomic
def remove_key(*, user_id: int, key_id: int, session: str, at: datetime) -> None:
    """A key is no factor any more; as above.

    :raises FactorGone: it is none of theirs (any more).
    """
    user = User.objects.locked(user_id)
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN, pk=key_id).first()
    if found is None:
        raise FactorGone("Cette clé est déjà retirée.")
    _remove(found, user, session, at)


@transaction.atomic
def remove_added(*, user: User, since: datetime, at: datetime) -> list[str]:
    """Remove the factors and the recovery codes that are younger than that, and say which factors they were.

    :param user: their row is locked by the caller, who ends the sessions and tells the owner.
    """
    added = Authenticator.objects.filter(user=user, created_at__gte=since)
    types = {Authenticator.Type(factor.type) for factor in added} & FACTORS.keys()
    added.delete()
    _forget_idle_codes(user)
    for factor in sorted(types):
        Event.objects.record(Kind.FACTOR_REMOVED, by=user, subject=user, at=at, factor=factor.value)
    return [FACTORS[factor] for factor in sorted(types)]


def _added(user: User, factor: Authenticator.Type, session: str, at: datetime) -> None:
    end_sessions(user_id=user.pk, but=session)
    Event.objects.record(Kind.FACTOR_ADDED, by=user, subject=user, at=at, factor=factor.value)
    notifications.factor_added(user, factor=FACTORS[factor], at=at)


def _remove(found: Authenticator, user: User, session: str, at: datetime) -> None:
    factor = Authenticator.Type(found.type)
    found.delete()
    _forget_idle_codes(user)
    end_sessions(user_id=user.pk, but=session)
    Event.objects.record(Kind.FACTOR_REMOVED, by=user, subject=user, at=at, factor=factor.value)
    notifications.factor_removed(user, factor=FACTORS[factor], at=at)


def _forget_idle_codes(user: User) -> None:
    """The recovery codes go with the last factor that they stand for."""
    left = Authenticator.objects.filter(user=user)
    if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        left.delete()


def _hash(code: str) -> str:
    """What is kept of a recovery code, however it is typed."""
    return hashlib.sha256(code.upper().replace("-", "").replace(" ", "").encode()).hexdigest()
