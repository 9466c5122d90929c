"""Links sent by mail: they open a form once, never a session (security, ruling 3)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from users.models import Link, LinkPurpose, User

LIFETIMES = {
    LinkPurpose.ACTIVATION: timedelta(minutes=60),
    LinkPurpose.PASSWORD: timedelta(minutes=60),
    LinkPurpose.ADDRESS: timedelta(minutes=60),
    LinkPurpose.CANCEL: timedelta(days=7),
    LinkPurpose.CONTACT: timedelta(days=7),
    LinkPurpose.RETURN: timedelta(minutes=60),
}


class LinkRefused(Refusal):
    """A link that opens nothing: lapsed, used, replaced, or never given."""

    def __init__(self, message: str = "Ce lien a expiré ou a déjà servi. Demandez-en un nouveau.") -> None:
        super().__init__(message)


@transaction.atomic
def issue_link(
    *, user: User, purpose: LinkPurpose, email: str = "", details: dict[str, Any] | None = None, at: datetime
) -> str:
    """Give the key of a new link; the former one of the same purpose opens nothing any more.

    :param user: their row is locked by the caller.
    :param email: the address that the link proves, or gives back; the login address by default.
    :param details: what the request that the link answers said of the person; such links wait side by side.
    """
    key = secrets.token_urlsafe(32)
    if details is None:
        Link.objects.filter(user=user, purpose=purpose, used_at=None).delete()
    Link.objects.create(
        user=user,
        purpose=purpose,
        email=email or user.email,
        details=details or {},
        key_hash=_hash(key),
        created_at=at,
        expires_at=at + LIFETIMES[purpose],
    )
    return key


def check_link(*, key: str, purpose: LinkPurpose, at: datetime) -> Link:
    """The link that opens the page, as long as it lives.

    :raises LinkRefused: it opens nothing.
    """
    link = Link.objects.filter(key_hash=_hash(key), purpose=purpose, used_at=None, expires_at__gt=at).first()
    if link is None:
        raise LinkRefused
    return link


@transaction.atomic
def use_link(*, key: str, purpose: LinkPurpose, at: datetime) -> Link:
    """Spend a link; its account is locked until the end of the transaction (`link.user`).

    :raises LinkRefused: it opens nothing, or another request has just spent it.
    """
    link = check_link(key=key, purpose=purpose, at=at)
    user = User.objects.locked(link.user_id)
    if not Link.objects.filter(pk=link.pk, used_at=None, expires_at__gt=at).update(used_at=at):
        raise LinkRefused
    link.user = user
    return link


@transaction.atomic
def void_links(*, user: User, purposes: tuple[LinkPurpose, ...]) -> None:
    """Kill what an account's mailbox may still open, since what it would change has changed."""
    Link.objects.filter(user=user, purpose__in=purposes, used_at=None).delete()


class Digest(str):
    """What a session keeps of a link: the hash of its key, which opens nothing in a mail."""

    __slots__ = ()

    @classmethod
    def of(cls, key: str) -> Self:
        return cls(hashlib.sha256(key.encode()).hexdigest())


def _hash(key: str) -> str:
    return key if isinstance(key, Digest) else Digest.of(key)
