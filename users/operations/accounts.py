"""What changes an account by itself."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from chorus_org.kernel.common.identifiers import canonical_email
from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users.models import AccountState, User

KEPT = timedelta(days=7)  # an account that nobody activates


class AccountRefused(Refusal):
    """An account was not written."""


@transaction.atomic
def create_account(
    *,
    email: str,
    last_name: str,
    first_name: str,
    password: str | None = None,
    contact_email: str = "",
    phone: str = "",
    at: datetime,
) -> User:
    """Open an account, active at once; without a password nobody can log in to it.

    :raises AccountRefused: the address is misspelt, or already an account's.
    """
    try:
        email = canonical_email(email)
        contact_email = canonical_email(contact_email or email)
    except ValidationError as error:
        raise AccountRefused(error.messages[0], field="email") from error
    user = User(
        email=email,
        contact_email=contact_email,
        last_name=last_name,
        first_name=first_name,
        phone=phone,
        state_since=at,
        created_at=at,
    )
    user.set_password(password)
    with refusing(User, AccountRefused):
        user.save(force_insert=True)
    Event.objects.record(Kind.ACCOUNT_CREATED, by=None, subject=user, at=at)
    return user


@transaction.atomic
def forget_unactivated(*, at: datetime) -> None:
    """Delete what was asked for a week ago and never activated: it is nobody's (security, 2.2)."""
    User.objects.filter(state=AccountState.A_ACTIVER, state_since__lt=at - KEPT).delete()
