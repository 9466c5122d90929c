"""The second factor: codes by mail, codes that serve once, recovery codes, and what its owner is told."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from chorus_org.common.refusals import Refusal
from chorus_org.journal.kinds import Kind
from chorus_org.journal.models import Event
from users import notifications
from users.limits import Limit, LimitReached, count, counter_key, from_moment
from users.models import User
from users.operations.sessions import end_sessions

A_MINUTE = Limit(tries=1, window=timedelta(minutes=1))
AN_HOUR = Limit(tries=5, window=timedelta(hours=1))
ONCE = Limit(tries=1, window=timedelta(minutes=10))  # no code lives longer
RECOVERY_CODES = 10
# None is taken for another; 16 of them are 80 bits
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # pragma: allowlist secret


class CodeRefused(Refusal):
    """A code was not sent."""


class FactorRefused(Refusal):
    """A factor was not added or removed."""


@transaction.atomic
def send_code(*, user: User, at: datetime, proof: bool = False) -> str:
    """Send six digits to the login address, and give them for the session to wait for.

    :param proof: for an act of the person who is already logged in.
    :raises CodeRefused: one was sent less than a minute ago, or five within the hour, whatever the session.
    """
    limits = {counter_key("code.minute", str(user.pk)): A_MINUTE, counter_key("code.hour", str(user.pk)): AN_HOUR}
    try:
        count(limits, at=at)
    except LimitReached as reached:
        start = from_moment(reached.until, at=at)
        raise CodeRefused(f"Aucun code n’est parti : vous pourrez en recevoir un autre à partir {start}.") from reached
    code = f"{secrets.randbelow(10**6):06}"
    (notifications.proof_code if proof else notifications.login_code)(user, code=code, at=at)
    return code


@transaction.atomic
def spend_code(*, user: User, code: str, at: datetime) -> bool:
    """Whether a right code serves for the first time; of two requests at once, one alone hears yes."""
    try:
        count({counter_key("code.spent", f"{user.pk} {code}"): ONCE}, at=at)
    except LimitReached:
        return False
    return True


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
    Event.objects.record(Kind.RECOVERY_CODE_USED, actor=user, subject=user, at=at, left=left)
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
    Event.objects.record(Kind.RECOVERY_CODES_MADE, actor=user, subject=user, at=at)
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
    end_sessions(user_id=user.pk, at=at, but=session)
    Event.objects.record(Kind.FACTOR_ADDED, actor=user, subject=user, at=at, factor=Authenticator.Type.TOTP.value)
    notifications.factor_added(user, at=at)


@transaction.atomic
def remove_application(*, user_id: int, session: str, at: datetime) -> None:
    """The application gives no code any more, and the recovery codes go with it; as above."""
    user = User.objects.locked(user_id)
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        raise FactorRefused("Aucune application ne donne vos codes.")
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user_id=user.pk, at=at, but=session)
    Event.objects.record(Kind.FACTOR_REMOVED, actor=user, subject=user, at=at, factor=Authenticator.Type.TOTP.value)
    notifications.factor_removed(user, at=at)


def _hash(code: str) -> str:
    """What is kept of a recovery code, however it is typed."""
    return hashlib.sha256(code.upper().replace("-", "").replace(" ", "").encode()).hexdigest()
