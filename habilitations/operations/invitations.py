"""Inviting at an address without an account, and answering (domain, 6.4)."""

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications, policies
from habilitations.enums import InvitationStatus
from habilitations.models import Attachment, Invitation
from habilitations.models.invitation import LIVES
from habilitations.operations._parts import open_many
from services.enums import ServiceState
from services.models import Service
from structures.models import Structure
from users.models import User
from users.operations.links import Digest

PAUSE = timedelta(minutes=10)  # between two mails of one invitation
A_DAY, MOST = timedelta(days=1), 200  # invitations that one person sends in a day
OVER = "Cette invitation n’attend plus de réponse. Demandez à la personne qui gère la structure de vous inviter."


class InvitationRefused(Refusal):
    """An invitation was not sent, taken back or answered."""


class InvitationOver(InvitationRefused):
    """It does not wait any more."""

    status: ClassVar[int] = 409


@transaction.atomic(savepoint=False)
def invite(
    *, email: str, structure: Structure, service: Service | None, ends_at: datetime | None, by: Any, at: datetime
) -> None:
    """Send an invitation, or send again the one that waits at this address for this level.

    :param structure: its row is locked by the caller, who checked that `by` may.
    :raises InvitationRefused: the person has sent too many today.
    """
    if Invitation.objects.filter(invited_by=by, sent_at__gt=at - A_DAY).count() >= MOST:
        raise InvitationRefused(f"Vous avez envoyé {MOST} invitations depuis hier. Reprenez demain.", field="email")
    level = {"structure": structure, "service": service}
    invitation = Invitation.objects.waiting().filter(email=email, **level).first()
    invitation = invitation or Invitation(email=email, **level)
    invitation.ends_at = ends_at
    _send(invitation, by=by, at=at)


@transaction.atomic
def resend(*, invitation_id: int, by: Any, at: datetime) -> Invitation:
    """Send an invitation again, for seven more days: the former link opens nothing any more.

    :raises InvitationOver: it was answered or taken back.
    :raises InvitationRefused: `by` may not, or it has just been sent.
    """
    invitation = _locked(invitation_id)
    _check_may(by, invitation)
    if invitation.sent_at > at - PAUSE:
        raise InvitationRefused("Cette invitation vient d’être envoyée. Attendez quelques minutes.")
    _send(invitation, by=by, at=at)
    return invitation


@transaction.atomic
def cancel(*, invitation_id: int, by: Any, at: datetime) -> Invitation:
    """Take an invitation back: its link opens nothing any more.

    :raises InvitationOver: it was answered or taken back.
    :raises InvitationRefused: `by` may not.
    """
    invitation = _locked(invitation_id)
    _check_may(by, invitation)
    _settle(invitation, InvitationStatus.CANCELLED, Kind.INVITATION_CANCELLED, by=by, at=at)
    return invitation


@transaction.atomic
def accept(*, invitation_id: int, by: Any, at: datetime) -> Attachment:
    """Accept an invitation sent to one's own login address: the attachment begins, with the usual profiles.

    :raises InvitationOver: it was answered, taken back, or has lapsed; or who invited may not any more.
    :raises InvitationRefused: it is another's, the structure or the service is not active, or one is attached there.
    """
    user = User.objects.locked(by.pk)
    invitation = _locked(invitation_id)
    _check_mine(invitation, user, at)
    structure, service, inviter = invitation.structure, invitation.service, invitation.invited_by
    if not policies.may_attach(inviter, invitation.target):
        raise InvitationOver(OVER)
    if not structure.is_active or (service and service.state(at) != ServiceState.ACTIF):
        raise InvitationRefused("Cette structure, ou ce service, n’est pas actif pour l’instant.")
    if invitation.ends_at and invitation.ends_at <= at:
        raise InvitationOver(OVER)
    level = {"structure": structure, "service": service}
    if Attachment.objects.of(user).filter(**level, ended_at=None).exists():
        raise InvitationRefused("Vous êtes déjà rattaché à ce niveau. Voyez «\u00a0Mes rattachements\u00a0».")
    held = rights.gate().profiles_on(inviter, [invitation.target], at=at)[invitation.target]
    profiles = structure.newcomers_profiles & policies.grantable(inviter, structure, held)
    attachment = Attachment(user=user, **level, started_at=at, started_by=inviter, ends_at=invitation.ends_at)
    _settle(invitation, InvitationStatus.ACCEPTED, Kind.INVITATION_ACCEPTED, by=user, at=at)
    open_many(openings=[(attachment, profiles)], by=inviter, at=at)
    return attachment


@transaction.atomic
def decline(*, invitation_id: int, by: Any, at: datetime) -> Invitation:
    """Refuse an invitation sent to one's own login address.

    :raises InvitationOver: it was answered, taken back, or has lapsed.
    :raises InvitationRefused: it is another's.
    """
    invitation = _locked(invitation_id)
    _check_mine(invitation, by, at)
    _settle(invitation, InvitationStatus.DECLINED, Kind.INVITATION_DECLINED, by=by, at=at)
    return invitation


@transaction.atomic(savepoint=False)
def forget_invitations(*, user: User, at: datetime) -> None:
    """Take back the invitations that wait at a person's address, and forget it: their account is being erased.

    :param user: their row is locked by the caller, and still bears the address.
    """
    Invitation.objects.waiting().to(user).update(status=InvitationStatus.CANCELLED, settled_at=at)
    Invitation.objects.to(user).update(email="")


def _locked(invitation_id: int) -> Invitation:
    structure = Structure.objects.locked(Invitation.objects.get(pk=invitation_id).structure_id)
    invitation: Invitation = Invitation.objects.select_related("service", "invited_by").locked(invitation_id)
    invitation.structure = structure
    return invitation


def _check_may(by: Any, invitation: Invitation) -> None:
    if not policies.may_attach(by, invitation.target):
        raise InvitationRefused(policies.WHO_MAY_ATTACH)
    if invitation.status != InvitationStatus.WAITING:
        raise InvitationOver("Cette invitation n’attend plus de réponse\u00a0: voyez ce qu’elle est devenue.")


def _check_mine(invitation: Invitation, user: Any, at: datetime) -> None:
    if invitation.email != user.email:
        raise InvitationRefused("Cette invitation a été envoyée à une autre adresse que celle de votre compte.")
    if not invitation.is_alive(at):
        raise InvitationOver(OVER)


def _send(invitation: Invitation, *, by: Any, at: datetime) -> None:
    key = secrets.token_urlsafe(32)
    invitation.key_hash = Digest.of(key)
    invitation.invited_by, invitation.sent_at, invitation.expires_at = by, at, at + LIVES
    invitation.mail = notifications.invited(invitation, key=key, at=at)
    invitation.save()
    _record(Kind.INVITATION_SENT, invitation, by=by, at=at)


def _settle(invitation: Invitation, status: InvitationStatus, kind: Kind, *, by: Any, at: datetime) -> None:
    invitation.settle(status, at=at)
    invitation.save(update_fields=["status", "settled_at"])
    _record(kind, invitation, by=by, at=at)


def _record(kind: Kind, invitation: Invitation, *, by: Any, at: datetime) -> None:
    service = str(invitation.service.public_id) if invitation.service else None
    Event.objects.record(kind, by=by, subject=invitation, scope=invitation.structure, at=at, service=service)
