"""Who knocks at the doors, and the security log: a line for what is tried there (security, 16.3).

A line holds names of ours, public ids and network addresses, nothing that was typed: nobody can forge one (16.4.1).
"""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

logger = logging.getLogger("security")
REFUSALS = ("refused", "locked")


def client_address(request: HttpRequest) -> str:
    """The network address of the visitor, behind as many proxies as the settings trust."""
    return get_adapter().get_client_ip(request)


def log(event: str, request: HttpRequest, *, account: Any = None, **facts: Any) -> None:
    """Write « login.password_refused page=account_login account=- network=203.0.113.7 ».

    :param event: « subject.what_happened »; one of `REFUSALS` is a warning.
    :param account: the person it is about, if it is known who, by their public id.
    :param facts: words of ours, by name.
    """
    page = request.resolver_match.view_name if request.resolver_match else "-"
    told = {"page": page, "account": getattr(account, "public_id", "-"), "network": _network(request), **facts}
    level = logging.WARNING if event.endswith(REFUSALS) else logging.INFO
    logger.log(level, "%s %s", event, " ".join(f"{name}={value}" for name, value in told.items()))


def _network(request: HttpRequest) -> str:
    try:
        return client_address(request)
    except PermissionDenied:  # none is told: a socket without a proxy
        return "-"
