"""Codes of the second factor that come by mail, and that any code serves once."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from users import notifications
from users.login.limits import Limit, LimitReached, count, counter_key, from_moment
from users.models import User

A_MINUTE = Limit(tries=1, window=timedelta(minutes=1))
AN_HOUR = Limit(tries=5, window=timedelta(hours=1))
ONCE = Limit(tries=1, window=timedelta(minutes=10))  # no code lives longer


class CodeRefused(Refusal):
    """A code was not sent."""


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
        raise CodeRefused(
            f"Aucun code n’est parti\u00a0: vous pourrez en recevoir un autre à partir {start}."
        ) from reached
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
