"""How long a session lasts (security, 7.3.1, 7.3.2)."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from users.login.security import client_address
from users.operations.sessions import track_session

# What a session keeps: when it began; its id and the moment of the last time it was written
BEGUN, SEEN = "begun", "seen"
WATCHED = "session_is_watched"  # a request that only asks how long is left, and so prolongs nothing


def seconds_left(request: HttpRequest, at: datetime) -> tuple[float, float]:
    """How long the session lasts if nobody uses it, and if somebody does now: not beyond its twelve hours."""
    whole = request.session.get(BEGUN, at.timestamp()) + settings.SESSION_ABSOLUTE_AGE - at.timestamp()
    _, seen = request.session.get(SEEN, ("", at.timestamp()))
    return min(seen + settings.SESSION_COOKIE_AGE - at.timestamp(), whole), min(settings.SESSION_COOKIE_AGE, whole)


class SessionLimitsMiddleware:
    """End a session 12 hours after it began; write that it is used once in 5 minutes, so that it lasts 30 idle ones.

    What it reads stands in the session itself: no page costs a query more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        at = timezone.now()
        begun = request.session.get(BEGUN)
        if begun is not None and at.timestamp() - begun >= settings.SESSION_ABSOLUTE_AGE:
            logout(request)
        response = self.get_response(request)
        if self._is_due(request, at) and not getattr(request, WATCHED, False) and request.user.is_authenticated:
            self._write(request, at)
        return response

    @staticmethod
    def _is_due(request: HttpRequest, at: datetime) -> bool:
        key, seen = request.session.get(SEEN, ("", 0))
        return key != request.session.session_key or at.timestamp() - seen >= settings.SESSION_WRITTEN_EVERY

    @staticmethod
    def _write(request: HttpRequest, at: datetime) -> None:
        session, former = request.session, request.session.get(SEEN, ("", 0))[0]
        begun = session.setdefault(BEGUN, at.timestamp())
        session[SEEN] = (session.session_key, at.timestamp())
        track_session(
            user_id=request.user.pk,
            key=session.session_key,
            former=former,
            address=client_address(request),
            user_agent=request.headers.get("User-Agent", ""),
            begun=datetime.fromtimestamp(begun, tz=UTC),
            at=at,
        )
