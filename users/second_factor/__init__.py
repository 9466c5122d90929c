"""Who proves what at login (domain, 2.6; security, ruling 5)."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings


def has_application(user: Any) -> bool:
    """Whether an application gives their codes."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP])


def has_key(user: Any) -> bool:
    """Whether a security key or a passkey is theirs."""
    return is_mfa_enabled(user, [Authenticator.Type.WEBAUTHN])


def has_factor(user: Any) -> bool:
    """Whether an application or a key is asked for, instead of a code by mail."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])


def must_enrol(user: Any) -> bool:
    """Whether an operator has still only the mailbox, which is not enough for them."""
    return settings.SECOND_FACTOR_REQUIRED and user.is_staff and not has_factor(user)
