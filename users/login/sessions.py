"""Where a person is logged in, in words."""

import re
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from users.models import User

UNKNOWN = "Navigateur inconnu"
# What a browser says of itself, the most particular first: most also name the others
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"))
BROWSERS += (("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"))
SYSTEMS += (("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))


def device(user_agent: str) -> str:
    """« Firefox sur Linux »; a browser that does not say what it is stays unknown."""
    browser = next((name for sign, name in BROWSERS if re.search(rf"\b{sign}", user_agent)), None)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    return f"{browser} sur {system}" if browser and system else browser or UNKNOWN


def open_sessions(user: User, *, at: datetime) -> QuerySet[UserSession]:
    """The sessions of a person that are open, the last used first."""
    live = Session.objects.filter(expire_date__gt=at).values("pk")
    return UserSession.objects.filter(user=user, session_key__in=live).order_by("-last_seen_at", "-pk")
