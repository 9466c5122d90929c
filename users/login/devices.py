"""Whether a browser has opened an account before: who logs in elsewhere tells the owner (security, 6.3.5).

A cookie holds a keyed hash for each account that was opened there. It opens nothing.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from users.models import User

KEPT = timedelta(days=365)
MOST = 5  # accounts that one browser remembers


def is_known(request: HttpRequest, user: User) -> bool:
    return _mark(user) in _marks(request)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Have the browser keep that it opened this account, the last one first."""
    mark = _mark(user)
    marks = [mark, *(other for other in _marks(request) if other != mark)][:MOST]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        ".".join(marks),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> list[str]:
    return re.findall(r"[0-9a-f]{32}", request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))


def _mark(user: User) -> str:
    return salted_hmac("users.device", str(user.public_id), algorithm="sha256").hexdigest()[:32]
