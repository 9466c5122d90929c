"""An account is linked to who its owner is for ProConnect, and unlinked."""

from datetime import datetime

from django.db import transaction

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users import notifications
from users.models import Identity, User


class IdentityRefused(Refusal):
    """An account was neither linked nor unlinked."""


@transaction.atomic
def link_identity(*, by: User, issuer: str, subject: str, siret: str, at: datetime) -> Identity:
    """Let ProConnect open one's own account in the place of the password, which was just given again.

    :param siret: the establishment that ProConnect names: an indication, which gives no right.
    :raises IdentityRefused: the account does not act or is linked already, or the identity is another account's.
    """
    user = User.objects.locked(by.pk)
    if not user.is_active:
        raise IdentityRefused(user.state_sentence)
    if Identity.objects.filter(user=user).exists():
        raise IdentityRefused("Votre compte est déjà relié à ProConnect. Retirez ce lien avant d’en créer un autre.")
    identity = Identity(user=user, issuer=issuer, subject=subject, siret=siret, linked_at=at)
    with refusing(Identity, IdentityRefused):
        identity.save(force_insert=True)
    Event.objects.record(Kind.PROCONNECT_LINKED, by=user, subject=user, at=at)
    notifications.proconnect_linked(user, at=at)
    return identity


@transaction.atomic
def unlink_identity(*, by: User, at: datetime) -> None:
    """Let ProConnect open one's own account no more.

    :raises IdentityRefused: it does not (any more).
    """
    user = User.objects.locked(by.pk)
    if not forget_identity(user=user, by=user, at=at):
        raise IdentityRefused("Votre compte n’est plus relié à ProConnect.")


@transaction.atomic
def forget_identity(*, user: User, since: datetime | None = None, by: User | None, at: datetime) -> bool:
    """Whether ProConnect opened the account, which it does no more; its owner is told.

    :param user: their row is locked by the caller.
    :param since: leave what was linked before.
    """
    linked = Identity.objects.filter(user=user)
    deleted, _ = (linked.filter(linked_at__gte=since) if since else linked).delete()
    if deleted:
        Event.objects.record(Kind.PROCONNECT_UNLINKED, by=by, subject=user, at=at)
        notifications.proconnect_unlinked(user, at=at)
    return bool(deleted)
