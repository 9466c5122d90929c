"""How lower apps reach the gate of rights: by name, through the authentication backends, never by import."""

from functools import cache
from typing import Any, Protocol

from django.contrib.auth import get_backends
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver


class Person(Protocol):
    """Whom a policy is asked about: an account, or nobody's."""

    pk: Any
    is_staff: bool

    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


@cache
def gate() -> Any:
    """The one authentication backend that answers questions on objects (`held`, `visible`, `has_perm`…).

    :raises ImproperlyConfigured: there is none, or there are two.
    """
    gates = [backend for backend in get_backends() if hasattr(backend, "held")]
    if len(gates) != 1:
        raise ImproperlyConfigured(f"One backend must know `held`, {len(gates)} found in AUTHENTICATION_BACKENDS.")
    return gates[0]


@receiver(setting_changed)
def forget_gate(*, setting: str, **_: Any) -> None:
    if setting == "AUTHENTICATION_BACKENDS":
        gate.cache_clear()
