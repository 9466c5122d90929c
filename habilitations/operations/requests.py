"""Asking to be attached, or for more profiles, and taking the request back (guide, 3.3; domain, 6.2, 7.5)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.utils.timezone import localtime

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.integrity import refusing, sentence_of
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications
from habilitations.approvers import answerers
from habilitations.enums import RequestKind, RequestStatus
from habilitations.models import ApprovalRequest, Attachment
from habilitations.models.approval import LASTS
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from users.models import User

WAITING_MOST = 20  # requests of one person that wait
REFUSALS, PATIENCE = 3, timedelta(days=30)  # so many refusals by one structure: not before so long


class RequestRefused(Refusal):
    """A request was not sent, or not taken back."""


class RequestOver(RequestRefused):
    """It does not wait any more."""

    status: ClassVar[int] = 409


@transaction.atomic
def ask_attachment(
    *,
    structure_id: int,
    service_id: int | None = None,
    profiles: Collection[Profile] = (),
    comment: str = "",
    by: Any,
    at: datetime,
) -> ApprovalRequest:
    """Ask to be attached to a structure, or to one service of it.

    :param profiles: those wished; none for the usual ones.
    :raises RequestRefused: the structure or the service is not active, the person is attached at that level or asked
        already, nobody can answer, or the structure refused three times within the last 30 days.
    """
    user = User.objects.locked(by.pk)
    structure = Structure.objects.locked(structure_id)
    service = _service(structure, service_id, at)
    if not structure.is_active:
        latest = structure.latest()
        next_step = (
            f"Elle continue sous l’identifiant {latest}." if latest != structure else "Vérifiez son identifiant."
        )
        raise RequestRefused(f"Cette structure n’est plus active. {next_step}", field="identifier")
    if Attachment.objects.of(user).filter(structure=structure, service=service, ended_at=None).exists():
        raise RequestRefused("Vous êtes déjà rattaché à ce niveau. Voyez «\u00a0Mes rattachements\u00a0».")
    if Attachment.objects.live(at).of(user).whole().filter(structure=structure).exists():
        raise RequestRefused("Vous êtes déjà rattaché à toute la structure, ses services compris.")
    check_patience(user=user, structure=structure, at=at)
    if ApprovalRequest.objects.pending().of(user).count() >= WAITING_MOST:
        raise RequestRefused(
            f"Vous avez déjà {WAITING_MOST} demandes en attente. Attendez les réponses, ou retirez-en dans "
            "«\u00a0Historique de mes demandes\u00a0»."
        )
    if not answerers(service or structure, at=at).exclude(pk=user.pk).exists():
        raise RequestRefused(
            "Personne ne peut répondre à votre demande\u00a0: le compte de la personne qui gère cette structure n’est "
            "plus actif. Écrivez à l’assistance, avec l’identifiant de la structure.",
            field="identifier",
        )
    return _ask(RequestKind.ATTACHMENT, user, structure, service, profiles, comment, at)


@transaction.atomic
def ask_profiles(
    *, attachment_id: int, profiles: Collection[Profile], comment: str = "", by: Any, at: datetime
) -> ApprovalRequest:
    """Ask for more profiles, where one is attached.

    :raises RequestRefused: the attachment is over or another's, a profile is held already or does not suit the
        structure, or a request of this kind waits there.
    """
    user = User.objects.locked(by.pk)
    structure = Structure.objects.locked(Attachment.objects.get(pk=attachment_id).structure_id)
    attachment = Attachment.objects.select_related("service").locked(attachment_id)
    if attachment.user_id != user.pk or not attachment.is_live(at):
        raise RequestRefused("Vous n’êtes plus rattaché ici. Demandez d’abord un rattachement.")
    target = attachment.service or structure
    held = rights.gate().profiles_on(user, [target], at=at)[target]
    if already := sorted(Profile(one).label for one in set(profiles) & held):
        raise RequestRefused(f"Vous détenez déjà\u00a0: {', '.join(already)}.", field="profiles")
    return _ask(RequestKind.PROFILES, user, structure, attachment.service, profiles, comment, at)


@transaction.atomic
def expire(*, request_id: int, at: datetime) -> None:
    """Let a request lapse that nobody answered for sixty days (domain, 6.6); who asked is told."""
    found = ApprovalRequest.objects.get(pk=request_id)
    User.objects.locked(found.requester_id)
    Structure.objects.locked(found.structure_id)
    request = ApprovalRequest.objects.shown().locked(request_id)
    if not request.is_pending or request.asked_at + LASTS > at:
        return
    request.decide(RequestStatus.EXPIRED, by=None, at=at)
    request.save(update_fields=["status", "decided_by", "decided_at"])
    _record(Kind.REQUEST_EXPIRED, request, by=None, at=at)
    notifications.request_expired(request, at=at)


@transaction.atomic
def withdraw(*, request_id: int, by: Any, at: datetime) -> ApprovalRequest:
    """Take one's own request back, as long as nobody decided.

    :raises RequestOver: it was decided, or is another's.
    """
    found = ApprovalRequest.objects.get(pk=request_id)
    User.objects.locked(found.requester_id)
    Structure.objects.locked(found.structure_id)
    request = ApprovalRequest.objects.shown().locked(request_id)
    if request.requester_id != by.pk or not request.is_pending:
        raise RequestOver("Cette demande n’attend plus de réponse\u00a0: voyez ce qui a été décidé.")
    request.decide(RequestStatus.WITHDRAWN, by=by, at=at)
    request.save(update_fields=["status", "decided_by", "decided_at"])
    _record(Kind.REQUEST_WITHDRAWN, request, by=by, at=at)
    notifications.request_withdrawn(request, at=at)
    return request


@transaction.atomic(savepoint=False)
def forget_requests(*, user: User, at: datetime) -> None:
    """Withdraw what a person still asks, and forget what they wrote and what was written of them: they are erased.

    :param user: their row is locked by the caller.
    """
    waiting = ApprovalRequest.objects.pending().of(user)
    waiting.update(status=RequestStatus.WITHDRAWN, decided_at=at)
    ApprovalRequest.objects.of(user).update(comment="")
    Attachment.objects.of(user).update(end_reason="")


def check_patience(*, user: Any, structure: Structure, at: datetime) -> None:
    """Refuse to ask again a structure that has refused three times lately.

    :raises RequestRefused: it did; the sentence says from when on.
    """
    refused = ApprovalRequest.objects.of(user).filter(
        structure=structure, status=RequestStatus.REFUSED, decided_at__gt=at - PATIENCE
    )
    dates = list(refused.order_by("-decided_at").values_list("decided_at", flat=True)[:REFUSALS])
    if len(dates) == REFUSALS:
        raise RequestRefused(
            f"Cette structure a refusé {REFUSALS} de vos demandes. Vous pourrez demander de nouveau à partir du "
            f"{localtime(dates[0] + PATIENCE):%d/%m/%Y à %H:%M}.",
            field="identifier",
        )


def _service(structure: Structure, service_id: int | None, at: datetime) -> Service | None:
    if service_id is None:
        return None
    service = Service.objects.active(at).filter(structure=structure, pk=service_id).first()
    if not service:
        raise RequestRefused("Ce service n’est pas actif dans cette structure.", field="service")
    return service


def _ask(
    kind: RequestKind,
    user: User,
    structure: Structure,
    service: Service | None,
    profiles: Collection[Profile],
    comment: str,
    at: datetime,
) -> ApprovalRequest:
    if odd := sorted(Profile(one).label for one in set(profiles) - structure.suiting_profiles):
        raise RequestRefused(f"Réservés aux entités publiques\u00a0: {', '.join(odd)}.", field="profiles")
    level = {"structure": structure, "service": service}
    if ApprovalRequest.objects.pending().of(user).filter(**level, kind=kind).exists():
        raise RequestRefused(sentence_of(ApprovalRequest, "request_one_pending"))
    request = ApprovalRequest(
        kind=kind, requester=user, **level, profiles=sorted(profiles), comment=comment, asked_at=at
    )
    with refusing(ApprovalRequest, RequestRefused):
        request.save(force_insert=True)
    _record(Kind.REQUEST_ASKED, request, by=user, at=at)
    notifications.request_asked(request, at=at)
    return request


def _record(kind: Kind, request: ApprovalRequest, *, by: Any, at: datetime) -> None:
    Event.objects.record_many([request.event(kind, by=by, at=at)])
