"""What an application reads to be added: each square that was shown serves for ten minutes, in whichever tab."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from users.login.allauth_private import generate_totp_secret

LASTS = timedelta(minutes=10)
MOST = 5  # tabs
SHOWN = "squares"  # in the session: each secret, and when it was shown


def new_secret(session: SessionBase, *, at: datetime) -> str:
    """The secret of a square that is about to be shown."""
    secret = generate_totp_secret()
    session[SHOWN] = [[secret, at.timestamp()], *_living(session, at)][:MOST]
    return secret


def living(session: SessionBase, *, at: datetime) -> list[str]:
    """The secrets that still serve, the last one shown first."""
    return [secret for secret, _ in _living(session, at)]


def forget(session: SessionBase) -> None:
    session.pop(SHOWN, None)


def _living(session: SessionBase, at: datetime) -> list[list]:
    since = at.timestamp() - LASTS.total_seconds()
    return [[secret, shown] for secret, shown in session.get(SHOWN, []) if shown > since]
