"""What a person says of themselves in « Mon compte »."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from users import notifications
from users.models import LinkPurpose, User
from users.operations.links import LinkRefused, issue_link, use_link, void_links
from users.operations.requests import count_mail

DETAILS = frozenset({"last_name", "first_name", "phone", "work_address", "contact_email", "notices"})


@transaction.atomic
def change_details(*, by: User, at: datetime, **details: Any) -> User:
    """Write what changed of one's own details; a new contact address is first asked to confirm itself.

    :param details: some of `DETAILS`, as the form found them valid; an empty contact address means the login address.
    :raises RequestRefused: too many links were asked for the contact address.
    """
    user = User.objects.locked(by.pk)
    if "contact_email" in details:
        details["contact_email"] = details["contact_email"] or user.email
    changed = sorted(name for name in DETAILS & details.keys() if getattr(user, name) != details[name])
    if not changed:
        if "contact_email" in details and not user.contact_confirmed_at:
            ask_to_confirm(user=user, at=at)
            user.save(update_fields=["contact_confirmed_at"])
        return user
    for name in changed:
        setattr(user, name, details[name])
    if "contact_email" in changed:
        ask_to_confirm(user=user, at=at)
    user.save(update_fields=[*changed, "contact_confirmed_at"])
    Event.objects.record(Kind.ACCOUNT_DETAILS_CHANGED, by=user, subject=user, at=at, fields=changed)
    return user


@transaction.atomic
def confirm_contact(*, key: str, at: datetime) -> User:
    """Send notices to the contact address from now on: whoever opened the link reads it.

    :raises LinkRefused: the link has lapsed, was used, or the contact address is another one by now.
    """
    link = use_link(key=key, purpose=LinkPurpose.CONTACT, at=at)
    if not link.user.is_active or link.user.contact_email != link.email:
        raise LinkRefused
    link.user.contact_confirmed_at = at
    link.user.save(update_fields=["contact_confirmed_at"])
    Event.objects.record(Kind.CONTACT_CONFIRMED, by=link.user, subject=link.user, at=at)
    return link.user


@transaction.atomic
def ask_to_confirm(*, user: User, at: datetime) -> None:
    """Send a link to the contact address; the login address is known to be read by its owner.

    :param user: their row is locked by the caller, who saves it.
    :raises RequestRefused: too many links were asked for.
    """
    void_links(user=user, purposes=(LinkPurpose.CONTACT,))
    if user.contact_email == user.email:
        user.contact_confirmed_at = at
        return
    user.contact_confirmed_at = None
    count_mail(user=user, email=user.contact_email, at=at)
    key = issue_link(user=user, purpose=LinkPurpose.CONTACT, email=user.contact_email, at=at)
    notifications.contact_to_confirm(user, key=key, at=at)
