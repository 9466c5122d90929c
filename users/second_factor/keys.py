"""Security keys and passkeys: what the browser asks them, and whether the answer is right (WebAuthn, level 2).

The challenge stands in the server's session, and each page asks with another; fido2 checks the site's name and origin.
"""

import json
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

from users.login.allauth_private import webauthn
from users.models import User


def creation_options(user: User) -> str:
    """What a browser needs to make a key for the account, as JSON; the former challenge is forgotten."""
    return json.dumps(webauthn.begin_registration(user, passwordless=False), cls=DjangoJSONEncoder, indent=1)


def request_options(user: User) -> str:
    """What a browser needs to ask the account's keys, as JSON; the former challenge is forgotten."""
    return json.dumps(webauthn.begin_authentication(user), cls=DjangoJSONEncoder, indent=1)


def registered(answer: dict[str, Any]) -> bool:
    """Whether the answer is that of a key which has just been made for this challenge."""
    return _checked(lambda: webauthn.complete_registration(webauthn.parse_registration_response(answer))) is not None


def answered(user: User, answer: dict[str, Any]) -> tuple[Authenticator, int] | None:
    """The key of the account that signed this challenge, and its count of signatures; none if none did."""

    def check() -> tuple[Authenticator, int]:
        parsed = webauthn.parse_authentication_response(answer)
        return webauthn.complete_authentication(user, answer), parsed.response.authenticator_data.counter

    return _checked(check)


def _checked(check: Callable[[], Any]) -> Any:
    """What the check gives, or none: what a browser sent may break the reading of it anywhere."""
    try:
        return check()
    except (ValidationError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
