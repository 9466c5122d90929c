"""« Changer mon adresse de connexion » (domain, 2.9): the new one proves itself, the former one may take it back."""

from datetime import datetime

from django.db import transaction

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users import notifications
from users.models import AccountState, AskedFor, Link, LinkPurpose, User
from users.operations.links import LIFETIMES, LinkRefused, issue_link, use_link, void_links
from users.operations.proconnect import forget_identity
from users.operations.requests import answer_owner, count_mail
from users.operations.second_factor.factors import remove_added
from users.operations.sessions import end_sessions

SAME = "C’est déjà votre adresse de connexion."
RECENT = (
    "Votre adresse de connexion a changé il y a moins de 7 jours. Pour revenir à la précédente, ouvrez le message "
    "qu’elle a reçu\u00a0; pour en choisir une autre, attendez la fin de ce délai."
)


class AddressRefused(Refusal):
    """The login address was not changed."""


@transaction.atomic
def ask_address(*, by: User, email: str, at: datetime) -> None:
    """Send a link to the address that a person wants to log in with, their password having been typed again.

    The work is the same whether that address has an account or not; only the mail tells, and only its owner reads it
    (security, 6.3.8): the key of an address that is taken is sent to nobody.

    :param email: in its canonical form.
    :raises AddressRefused: it is theirs already, or the former one may still take it back.
    :raises RequestRefused: too many links were asked for.
    """
    user = User.objects.locked(by.pk)
    if email == user.email:
        raise AddressRefused(SAME, field="email")
    _check_not_recent(user, at)
    count_mail(user=user, email=email, at=at)
    key = issue_link(user=user, purpose=LinkPurpose.ADDRESS, email=email, at=at)
    if User.objects.filter(email=email).exists():
        notifications.address_taken(email, at=at)
    else:
        notifications.address_to_confirm(user, to=email, key=key, at=at)


@transaction.atomic
def change_address(*, key: str, at: datetime) -> User:
    """Log in with the address that the link proves: rights and all else stay, sessions end, the former one is told.

    :raises LinkRefused: the link has lapsed or was used, or the account does not act any more.
    :raises AddressRefused: somebody has opened an account with it since, or the address has just changed.
    """
    link = use_link(key=key, purpose=LinkPurpose.ADDRESS, at=at)
    user, former = link.user, link.user.email
    if not user.is_active:
        raise LinkRefused
    _check_not_recent(user, at)
    move_address(user=user, email=link.email, at=at)
    Event.objects.record(Kind.LOGIN_ADDRESS_CHANGED, by=user, subject=user, at=at)
    cancel = issue_link(user=user, purpose=LinkPurpose.CANCEL, email=former, at=at)
    notifications.address_changed(user, former=former, key=cancel, at=at)
    notifications.address_confirmed(user, at=at)
    return user


@transaction.atomic
def cancel_address(*, key: str, at: datetime) -> User:
    """Give the account back to its former address, and its owner a way to a password that nobody else knows.

    Whoever changed the address may also have added a factor of their own, or linked the account to their ProConnect,
    before or after: what is younger than the change by a week goes.

    :raises LinkRefused: the link has lapsed or was used.
    :raises AddressRefused: somebody has opened an account with the former address since.
    """
    link = use_link(key=key, purpose=LinkPurpose.CANCEL, at=at)
    user = link.user
    if user.state == AccountState.ANONYMISE:
        raise LinkRefused
    since = link.created_at - LIFETIMES[LinkPurpose.CANCEL]
    give_address_back(user=user, email=link.email, since=since, at=at)
    removed = remove_added(user=user, since=since, at=at)
    notifications.address_restored(user, since=since, removed=removed, at=at)
    Event.objects.record(Kind.LOGIN_ADDRESS_RESTORED, by=user, subject=user, at=at)
    answer_owner(asked_for=AskedFor.PASSWORD, user=user, at=at)
    return user


@transaction.atomic
def give_address_back(*, user: User, email: str, since: datetime | None = None, at: datetime) -> None:
    """Let an account be opened by the address of its owner alone: what somebody else may know of it opens it no more.

    :param user: their row is locked by the caller.
    :param since: a link with ProConnect that is older stays.
    :raises AddressRefused: the address is another account's.
    """
    move_address(user=user, email=email, at=at)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    forget_identity(user=user, since=since, by=None, at=at)


def _check_not_recent(user: User, at: datetime) -> None:
    """Refuse a second change while the first may be cancelled: it would kill the owner's link."""
    if Link.objects.filter(user=user, purpose=LinkPurpose.CANCEL, used_at=None, expires_at__gt=at).exists():
        raise AddressRefused(RECENT)


@transaction.atomic
def move_address(*, user: User, email: str, at: datetime) -> None:
    """Write the login address, which the contact address follows where it was the same; nothing opens by the former.

    :param user: their row is locked by the caller.
    :raises AddressRefused: it is another account's.
    """
    if user.contact_email == user.email:
        user.contact_email, user.contact_confirmed_at = email, at
    user.email = email
    with refusing(User, AddressRefused):
        user.save(update_fields=["email", "contact_email", "contact_confirmed_at"])
    void_links(user=user, purposes=tuple(LinkPurpose))
    end_sessions(user_id=user.pk)
