"""How long a session lasts (security, 7.3.1, 7.3.2)."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from users.login.security import client_address
from users.login.sessions import BEGUN, SEEN, note

WATCHED = "session_is_watched"  # a request that only asks how long is left, and so prolongs nothing


def seconds_left(request: HttpRequest, at: datetime) -> tuple[float, float]:
    """How long the session lasts if nobody uses it, and if somebody does now: not beyond its twelve hours."""
    whole = request.session.get(BEGUN, at.timestamp()) + settings.SESSION_ABSOLUTE_AGE - at.timestamp()
    seen = request.session.get(SEEN, at.timestamp())
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
            user_agent = request.headers.get("User-Agent", "")
            note(request.session, address=client_address(request), user_agent=user_agent, at=at)
        return response

    @staticmethod
    def _is_due(request: HttpRequest, at: datetime) -> bool:
        return at.timestamp() - request.session.get(SEEN, 0) >= settings.SESSION_WRITTEN_EVERY
