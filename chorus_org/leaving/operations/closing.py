"""Leaving: a person closes their account, which may sleep, or be erased (domain, 2.8; CNIL, 18/09/2025)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from chorus_org.information.operations import forget_tickets
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment
from habilitations.operations.absences import forget_absences
from habilitations.operations.attachments import end_attachment
from habilitations.operations.invitations import forget_invitations
from habilitations.operations.proposals import forget_proposals
from habilitations.operations.requests import forget_requests
from structures.models import Structure
from users import notifications
from users.models import RETURN_DELAY, AccountState, LinkPurpose, User
from users.operations.erasure import erase_person
from users.operations.links import void_links
from users.operations.sessions import end_sessions

TRANSFER_FIRST = "Vous êtes gestionnaire principal\u00a0: transmettez d’abord la gestion de vos structures."
ASK_ANOTHER = "Vous êtes exploitant\u00a0: demandez à un autre exploitant de suspendre votre compte."


class LeavingRefused(Refusal):
    """An account was not closed."""


@transaction.atomic
def close_account(*, by: User, erase: bool, at: datetime) -> User:
    """Put one's own account to sleep: sessions end, rights sleep, the mailbox may open it again for 30 days.

    :param erase: what the account says of the person is erased after these 30 days.
    :raises LeavingRefused: the person manages an active structure, or is an operator, or the account does not act.
    """
    user = User.objects.locked(by.pk)
    if not user.is_active:
        raise LeavingRefused(user.state_sentence)
    if user.is_staff:
        raise LeavingRefused(ASK_ANOTHER)
    if Structure.objects.filter(principal_manager=user, is_active=True).exists():
        raise LeavingRefused(TRANSFER_FIRST)
    user.enter(AccountState.DESACTIVE, at=at)
    if erase:
        user.erasure_asked_at = at
        user.save(update_fields=["erasure_asked_at"])
    # The former login address may still take the account back from who changed it
    void_links(user=user, purposes=tuple(set(LinkPurpose) - {LinkPurpose.CANCEL}))
    end_sessions(user_id=user.pk)
    Event.objects.record(Kind.ACCOUNT_CLOSED, by=user, subject=user, at=at, erase=erase)
    notifications.account_closed(user, until=at + RETURN_DELAY, erase=erase, at=at)
    return user


@transaction.atomic
def erase_account(*, user_id: int, at: datetime) -> None:
    """Erase who a person is, end their attachments; the journal keeps what they decided, under their public id.

    When it may be done is the caller's to check (`chorus_org.leaving.operations.idle`).
    """
    user = User.objects.locked(user_id)
    email = user.email
    bound = Structure.objects.filter(
        Q(principal_manager=user) | Q(attachments__in=Attachment.objects.of(user).filter(ended_at=None))
    )
    for structure_id in bound.order_by("pk").distinct().values_list("pk", flat=True):
        structure = Structure.objects.locked(structure_id)
        if structure.principal_manager_id == user.pk:
            structure.principal_manager = None
            structure.save(update_fields=["principal_manager"])
            Event.objects.record(Kind.PRINCIPAL_MANAGER_GONE, by=None, subject=user, scope=structure, at=at)
        for attachment in Attachment.objects.of(user).filter(structure=structure, ended_at=None).order_by("pk"):
            end_attachment(attachment=attachment, by=None, at=at)
    forget_requests(user=user, at=at)
    forget_proposals(user=user, at=at)
    forget_tickets(user=user)
    forget_invitations(user=user, at=at)
    forget_absences(user=user)
    erase_person(user=user, at=at)
    Event.objects.record(Kind.ACCOUNT_ERASED, by=None, subject=user, at=at)
    notifications.account_erased(email, at=at)
