"""Sessions: which are open, and what ends them before their time.

The session table alone decides; the rows of `allauth.usersessions` only say where a session was opened. A session that
has none yet is ended all the same.
"""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from chorus_org.common.refusals import Refusal
from chorus_org.journal.kinds import Kind
from chorus_org.journal.models import Event
from users.login.sessions import open_sessions
from users.models import User


class SessionRefused(Refusal):
    """No such session, or not theirs."""

    def __init__(self) -> None:
        super().__init__("Cette session est déjà fermée.")


@transaction.atomic
def track_session(
    *, user_id: int, key: str, former: str, address: str, user_agent: str, begun: datetime, at: datetime
) -> None:
    """Write where a session is used from.

    :param former: the session's id the last time, if it has changed since (a password typed again).
    """
    UserSession.objects.filter(user=user_id, session_key=former).exclude(session_key=key).delete()
    shown = user_agent[: UserSession._meta.get_field("user_agent").max_length]
    seen = {"user_id": user_id, "ip": address, "user_agent": shown, "last_seen_at": at}
    UserSession.objects.update_or_create(session_key=key, defaults=seen, create_defaults=seen | {"created_at": begun})


@transaction.atomic
def close_session(*, session_id: int, actor: User, at: datetime) -> str:
    """End one session of one's own, and give its id.

    :raises SessionRefused: it is closed already, or somebody else's.
    """
    session = open_sessions(actor, at=at).filter(pk=session_id).first()
    if session is None:
        raise SessionRefused
    _close([session.session_key], actor, at)
    return session.session_key


@transaction.atomic
def close_other_sessions(*, key: str, actor: User, at: datetime) -> None:
    """End every session of one's own but the one of that id."""
    _close([other for other in _keys(actor.pk, at) if other != key], actor, at)


@transaction.atomic
def end_sessions(*, user_id: int, at: datetime, but: str | None = None) -> None:
    """Forget every session of an account, wherever it is open, but the one whose key is given."""
    Session.objects.filter(pk__in=_keys(user_id, at)).exclude(pk=but or "").delete()
    UserSession.objects.filter(user=user_id).exclude(session_key=but or "").delete()


@transaction.atomic
def purge_sessions(*, at: datetime) -> None:
    """Forget the sessions that have lapsed, and where they were used from."""
    Session.objects.filter(expire_date__lte=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()


def _keys(user_id: int, at: datetime) -> list[str]:
    """A session does not say whose it is but inside: each live one is read, which suits rare acts only."""
    live = Session.objects.filter(expire_date__gt=at)
    return [session.pk for session in live.iterator() if session.get_decoded().get(SESSION_KEY) == str(user_id)]


def _close(keys: list[str], actor: User, at: datetime) -> None:
    Session.objects.filter(pk__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    Event.objects.record(Kind.SESSIONS_CLOSED, actor=actor, subject=actor, at=at, count=len(keys))
