"""Sessions: what ends them before their time."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users.login.sessions import open_sessions
from users.models import Session, User


class SessionRefused(Refusal):
    """No such session, or not theirs."""

    def __init__(self) -> None:
        super().__init__("Cette session est déjà fermée.")


@transaction.atomic
def close_session(*, session_id: str, by: User, at: datetime) -> str:
    """End one session of one's own, and give its key.

    :raises SessionRefused: it is closed already, or somebody else's.
    """
    key = next((session.key for session in open_sessions(by, at=at) if session.id == session_id), None)
    if key is None:
        raise SessionRefused
    _close([key], by, at)
    return key


@transaction.atomic
def close_other_sessions(*, key: str, by: User, at: datetime) -> None:
    """End every session of one's own but the one of that key."""
    live = Session.objects.filter(user=by, expire_date__gt=at)
    _close(live.exclude(pk=key).values_list("pk", flat=True), by, at)


@transaction.atomic
def end_sessions(*, user_id: int, but: str = "") -> None:
    """Forget every session of an account, wherever it is open, but the one whose key is given."""
    Session.objects.filter(user=user_id).exclude(pk=but).delete()


@transaction.atomic
def purge_sessions(*, at: datetime) -> None:
    """Forget the sessions that have lapsed."""
    Session.objects.filter(expire_date__lte=at).delete()


def _close(keys: Iterable[str], by: User, at: datetime) -> None:
    keys = list(keys)
    Session.objects.filter(pk__in=keys).delete()
    Event.objects.record(Kind.SESSIONS_CLOSED, by=by, subject=by, at=at, count=len(keys))
