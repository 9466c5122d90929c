"""What visitors ask about an address: the page notes it, the worker answers by mail.

Noting is the same work whether the address has an account or not, so that nothing tells (security, 6.3.8).
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.background import defer
from chorus_org.kernel.common.identifiers import canonical_email
from chorus_org.kernel.common.refusals import Refusal
from users import notifications
from users.login.limits import Limit, LimitReached, count, counter_key, from_moment, of_networks
from users.models import AccountRequest, AccountState, AskedFor, LinkPurpose, User
from users.operations.links import issue_link

ADDRESS = Limit(tries=5, window=timedelta(hours=1))
NETWORK = Limit(tries=30, window=timedelta(hours=1))
ANSWER = "users.answer"  # the name of the job, registered in `users.tasks`


class RequestRefused(Refusal):
    """Too many requests about one address, or from one network."""

    status = 429

    def __init__(self, until: datetime, *, at: datetime) -> None:
        start = from_moment(until, at=at)
        super().__init__(f"Trop de demandes. Vous pourrez recommencer à partir {start}.")
        self.until = until


@transaction.atomic
def ask(*, asked_for: AskedFor, email: str, address: str, at: datetime, **details: Any) -> AccountRequest:
    """Note what a visitor asks about an address; the answer goes to its mailbox.

    :param email: in its canonical form, known or not.
    :param address: the network address it comes from.
    :param details: what « Informations personnelles » says of the person.
    :raises RequestRefused: one of the two limits is reached.
    """
    limits = {
        counter_key(f"request.address.{asked_for}", email): ADDRESS,
        **of_networks("request.network", address, NETWORK),
    }
    try:
        count(limits, at=at)
    except LimitReached as reached:
        raise RequestRefused(reached.until, at=at) from reached
    return _note(asked_for, email, details, at)


@transaction.atomic
def tell_of_lock(*, email: str, until: datetime, at: datetime) -> None:
    """Note that logins to an address have just been locked: if it has an account, its owner is told."""
    _note(AskedFor.LOCKED, email, {"until": from_moment(until, at=at)}, at)


@transaction.atomic
def count_mail(*, user: User, email: str, at: datetime) -> None:
    """Count a link that a person has sent to an address of theirs, which may be anybody's.

    :raises RequestRefused: they sent too many, or the address was sent too many.
    """
    limits = {
        counter_key("request.address", email): ADDRESS,
        counter_key("request.account", str(user.public_id)): ADDRESS,
    }
    try:
        count(limits, at=at)
    except LimitReached as reached:
        raise RequestRefused(reached.until, at=at) from reached


@transaction.atomic
def answer(*, request_id: int, at: datetime) -> None:
    """Answer a visitor by mail, once: what they asked for, or why it cannot be."""
    asked_of = AccountRequest.objects.filter(pk=request_id).values("email")
    user = User.objects.filter(email__in=asked_of).first()
    if user:
        user = User.objects.locked(user.pk)
    request = AccountRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        return
    if request.asked_for == AskedFor.CREATION:
        _answer_creation(request, user, at)
    elif request.asked_for == AskedFor.LOCKED:
        if user and user.is_active:
            notifications.login_locked(user, until=request.details["until"], at=at)
    elif user is None or user.state == AccountState.ANONYMISE:
        notifications.unknown_account(request.email, at=at)
    else:
        answer_owner(asked_for=AskedFor(request.asked_for), user=user, at=at)
    request.delete()


def _note(asked_for: AskedFor, email: str, details: dict[str, Any], at: datetime) -> AccountRequest:
    request = AccountRequest.objects.create(asked_for=asked_for, email=email, details=details, created_at=at)
    defer(ANSWER, key=f"request {request.pk}", request_id=request.pk)
    return request


def _answer_creation(request: AccountRequest, user: User | None, at: datetime) -> None:
    if user and user.state != AccountState.A_ACTIVER:
        answer_owner(asked_for=AskedFor.CREATION, user=user, at=at)
        return
    said = request.details | {"contact_email": request.details["contact_email"] or request.email}
    if not user:
        user = User(
            email=canonical_email(request.email),
            **said,
            state=AccountState.A_ACTIVER,
            state_since=at,
            terms_accepted_at=request.created_at,
            created_at=at,
        )
        user.set_unusable_password()
        user.save(force_insert=True)
    User.objects.filter(pk=user.pk).update(state_since=at)
    key = issue_link(user=user, purpose=LinkPurpose.ACTIVATION, details=said, at=at)
    notifications.activation(user, key=key, first_name=said["first_name"], at=at)


@transaction.atomic
def answer_owner(*, asked_for: AskedFor, user: User, at: datetime) -> None:
    """The mail that tells the mailbox's owner the truth of their account, whatever was asked.

    :param user: their row is locked by the caller.
    """
    state = AccountState(user.state)
    if state == AccountState.A_ACTIVER:
        key = issue_link(user=user, purpose=LinkPurpose.ACTIVATION, at=at)
        notifications.activation(user, key=key, first_name=user.first_name, at=at)
    elif user.may_return(at):
        notifications.account_asleep(user, key=issue_link(user=user, purpose=LinkPurpose.RETURN, at=at), at=at)
    elif state == AccountState.DESACTIVE:
        notifications.account_closed_for_long(user, at=at)
    elif state != AccountState.ACTIF:
        notifications.account_suspended(user, at=at)
    elif asked_for == AskedFor.PASSWORD:
        notifications.password_reset(user, key=issue_link(user=user, purpose=LinkPurpose.PASSWORD, at=at), at=at)
    else:
        notifications.account_exists(user, at=at)
