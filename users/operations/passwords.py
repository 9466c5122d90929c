"""A person chooses their password: the first one activates the account, the next ones end every session."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users import notifications
from users.models import AccountState, LinkPurpose, User
from users.operations.details import ask_to_confirm
from users.operations.links import LinkRefused, use_link, void_links
from users.operations.login import unlock
from users.operations.requests import RequestRefused
from users.operations.sessions import end_sessions

ACTIVATED = ("last_name", "first_name", "phone", "contact_email")  # what an activation link says of its owner


@transaction.atomic
def activate(*, key: str, password: str, at: datetime, **details: str) -> User:
    """Step 3 of « Créer un compte »: the link proves the address, the password opens the account.

    What is activated is what the request of this very link said, as its owner corrected it; other links die.

    :param password: already found strong enough (`users.login.passwords`).
    :param details: some of `ACTIVATED`, as corrected; what is left out stays as the request said it.
    :raises LinkRefused: the link has lapsed or was used.
    """
    link = use_link(key=key, purpose=LinkPurpose.ACTIVATION, at=at)
    user = link.user
    if user.state != AccountState.A_ACTIVER:
        raise LinkRefused
    for name, value in {**link.details, **details}.items():
        setattr(user, name, value)
    user.contact_email = user.contact_email or user.email
    if link.details:  # the request that this link answers accepted them, whatever a former one did
        user.terms_accepted_at = link.created_at
    user.set_password(password)
    user.save(update_fields=["password", "terms_accepted_at", *ACTIVATED])
    void_links(user=user, purposes=(LinkPurpose.ACTIVATION,))
    user.enter(AccountState.ACTIF, at=at)
    if user.contact_email != user.email:
        with suppress(RequestRefused):  # one may ask for it again in « Mon compte »
            ask_to_confirm(user=user, at=at)
    Event.objects.record(Kind.ACCOUNT_ACTIVATED, by=user, subject=user, at=at)
    return user


@transaction.atomic
def reset_password(*, key: str, password: str, address: str, at: datetime) -> User:
    """« Mot de passe oublié ? »: a new password by the mailbox, which also opens the lock on logins.

    :param address: the network address of the person, whose failures are forgotten.
    :raises LinkRefused: the link has lapsed or was used, or the account does not act any more.
    """
    user = use_link(key=key, purpose=LinkPurpose.PASSWORD, at=at).user
    if not user.is_active:
        raise LinkRefused
    unlock(email=user.email, address=address)
    _replace(user, password, at)
    return user


@transaction.atomic
def change_password(*, user_id: int, password: str, at: datetime) -> User:
    """A new password from « Mon compte », after the former one was typed again; every session ends."""
    user = User.objects.locked(user_id)
    _replace(user, password, at)
    return user


def _replace(user: User, password: str, at: datetime) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    void_links(user=user, purposes=(LinkPurpose.PASSWORD, LinkPurpose.ADDRESS))
    end_sessions(user_id=user.pk)
    Event.objects.record(Kind.PASSWORD_CHANGED, by=user, subject=user, at=at)
    notifications.password_changed(user, at=at)
