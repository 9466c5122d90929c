"""Where a person is logged in, in words."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import uuid4

from django.contrib.sessions.backends.base import SessionBase

from users.models import Session, User

# What a session keeps: when it began, how pages name it, when it was last used, on what device and from where
BEGUN, ID, SEEN, FROM = "begun", "id", "seen", "from"
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


@dataclass(frozen=True)
class OpenSession:
    """A session that is open, as its owner is shown it."""

    id: str  # names it on pages: the key would open it
    key: str
    device: str
    address: str
    begun_at: datetime
    seen_at: datetime


def note(session: SessionBase, *, address: str, user_agent: str, at: datetime) -> None:
    """Keep in a session that it is in use, and from where."""
    session.setdefault(BEGUN, at.timestamp())
    session.setdefault(ID, uuid4().hex)
    session[SEEN] = at.timestamp()
    session[FROM] = [device(user_agent), address]


def open_sessions(user: User, *, at: datetime) -> list[OpenSession]:
    """The sessions of a person that are open and have been used, the last used first."""
    live = Session.objects.filter(user=user, expire_date__gt=at)
    kept = {session.pk: session.get_decoded() for session in live}
    found = [_shown(key, session) for key, session in kept.items() if ID in session]
    return sorted(found, key=attrgetter("seen_at"), reverse=True)


def _shown(key: str, kept: dict[str, Any]) -> OpenSession:
    device, address = kept[FROM]
    begun_at, seen_at = (datetime.fromtimestamp(kept[name], tz=UTC) for name in (BEGUN, SEEN))
    return OpenSession(kept[ID], key, device, address, begun_at, seen_at)
