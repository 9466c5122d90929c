"""Deciding on requests: many at once or one, taken back for ten minutes (guide, 3.3; domain, 6.3).

The first decision wins: who comes second is told whose it was. Nobody decides on their own request.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.integrity import sentence_of
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications, policies
from habilitations.enums import RefusalReason, RequestKind, RequestStatus
from habilitations.models import ApprovalRequest, Attachment
from habilitations.operations._parts import end_many, grant_many, open_many, revoke_many
from services.enums import ServiceState
from structures.models import Structure
from structures.profiles import Profile
from users.models import User

# What of a person's history here says that their rights changed
CHANGES = [
    Kind.ATTACHMENT_OPENED,
    Kind.ATTACHMENT_ENDED,
    Kind.ATTACHMENT_PROLONGED,
    Kind.PROFILES_GRANTED,
    Kind.PROFILES_REVOKED,
    Kind.PRINCIPAL_MANAGER_APPOINTED,
]
DECIDED = ["status", "decided_by", "decided_at", "reason_code", "reason_text", "granted"]


class DecisionRefused(Refusal):
    """A request was not decided."""


class AlreadyDecided(DecisionRefused):
    """Somebody was faster."""

    status: ClassVar[int] = 409


@dataclass
class Report:
    """What became of each request of a decision: done, decided by somebody else before, not yours, or impossible."""

    done: list[ApprovalRequest] = field(default_factory=list)
    decided: list[ApprovalRequest] = field(default_factory=list)
    not_yours: list[ApprovalRequest] = field(default_factory=list)
    impossible: list[tuple[ApprovalRequest, DecisionRefused]] = field(default_factory=list)

    def refuse_unless_done(self) -> None:
        """Say why the only request of this report was not decided.

        :raises DecisionRefused: it was not.
        """
        if self.done:
            return
        if self.decided:
            raise AlreadyDecided(self.decided[0].outcome)
        if self.impossible:
            raise self.impossible[0][1]
        raise DecisionRefused(policies.WHO_MAY_DECIDE)


@transaction.atomic
def approve(
    *,
    request_id: int,
    profiles: Collection[Profile] | None = None,
    ends_at: datetime | None = None,
    by: Any,
    at: datetime,
) -> ApprovalRequest:
    """Approve one request, with the profiles chosen.

    :param profiles: None for those asked, else the usual ones, as far as `by` may give them.
    :param ends_at: the planned end of the attachment.
    :raises AlreadyDecided: it does not wait any more.
    :raises DecisionRefused: `by` may not, may not give one of the profiles, or what is asked cannot be done any more.
    """
    report = _approve([request_id], profiles=profiles, ends_at=ends_at, by=by, at=at)
    report.refuse_unless_done()
    return report.done[0]


@transaction.atomic
def approve_many(*, request_ids: Collection[int], by: Any, at: datetime) -> Report:
    """Approve requests together, each with the profiles asked, else the usual ones. Queries do not grow with them."""
    return _approve(request_ids, profiles=None, ends_at=None, by=by, at=at)


@transaction.atomic
def refuse(
    *, request_id: int, reason_code: RefusalReason, reason_text: str = "", by: Any, at: datetime
) -> ApprovalRequest:
    """Refuse one request, for a reason that its author reads.

    :raises AlreadyDecided: it does not wait any more.
    :raises DecisionRefused: `by` may not, or « Autre motif » has no text.
    """
    report = refuse_many(request_ids=[request_id], reason_code=reason_code, reason_text=reason_text, by=by, at=at)
    report.refuse_unless_done()
    return report.done[0]


@transaction.atomic
def refuse_many(
    *, request_ids: Collection[int], reason_code: RefusalReason, reason_text: str = "", by: Any, at: datetime
) -> Report:
    """Refuse requests together, for one reason.

    :raises DecisionRefused: « Autre motif » has no text.
    """
    check_reason(reason_code=reason_code, reason_text=reason_text)
    report = Report()
    waiting, _ = _sorted(_locked(request_ids), by, at, report)
    for request in waiting:
        request.decide(RequestStatus.REFUSED, by=by, at=at)
        request.reason_code, request.reason_text = reason_code, reason_text
    report.done = waiting
    _write(waiting, Kind.REQUEST_REFUSED, by=by, at=at)
    notifications.requests_refused(waiting, at=at)
    return report


@transaction.atomic
def undo(*, request_id: int, by: Any, at: datetime) -> ApprovalRequest:
    """Take one's own decision back, within ten minutes: the request waits again, what it had given is gone.

    :raises DecisionRefused: it is not the person's own decision, too late, the right was lost, or somebody else has
        changed what the requester holds there since.
    """
    [request] = _locked([request_id])
    if request.is_pending or request.decided_by_id != by.pk or not request.undo_until:
        raise AlreadyDecided("Seule la personne qui a décidé peut revenir sur sa décision, tant qu’elle tient.")
    if request.undo_until <= at:
        raise DecisionRefused("Les dix minutes pour revenir sur cette décision sont passées.")
    held = rights.gate().profiles_on(by, [request.target], at=at)[request.target]
    if not policies.may_decide(by, request, held):
        raise DecisionRefused(policies.WHO_MAY_DECIDE)
    since = Event.objects.filter(
        kind__in=CHANGES,
        subject_id=request.requester.public_id,
        scope_id=request.structure.public_id,
        at__gte=request.decided_at,
    )
    if since.exclude(actor_id=by.public_id).exists():
        raise DecisionRefused("Les droits de cette personne ont été changés depuis\u00a0: voyez-les avant de décider.")
    if ApprovalRequest.objects.pending().of(request.requester).filter(**_level(request), kind=request.kind).exists():
        raise DecisionRefused("La personne a déjà fait une nouvelle demande\u00a0: répondez à celle-ci.")
    attachment = _attachments([request]).get(_key(request))
    if request.status == RequestStatus.APPROVED:
        _take_back(request, attachment, by=by, at=at)
    elif bool(attachment) == (request.kind == RequestKind.ATTACHMENT):
        raise DecisionRefused(
            "Cette personne a été rattachée, ou détachée, depuis\u00a0: la demande n’a plus d’objet."
        )
    request.reopen()
    _write([request], Kind.REQUEST_REOPENED, by=by, at=at)
    notifications.decision_taken_back(request, at=at)
    return request


def check_reason(*, reason_code: str, reason_text: str) -> None:
    """Refuse « Autre motif » without a word.

    :raises DecisionRefused: its text is missing.
    """
    if reason_code == RefusalReason.OTHER and not reason_text.strip():
        raise DecisionRefused(
            "Dites à la personne pourquoi\u00a0: «\u00a0Autre motif\u00a0» seul ne l’aide pas.", field="reason_text"
        )


def _approve(
    request_ids: Collection[int],
    *,
    profiles: Collection[Profile] | None,
    ends_at: datetime | None,
    by: Any,
    at: datetime,
) -> Report:
    report = Report()
    waiting, held = _sorted(_locked(request_ids), by, at, report)
    live = _attachments(waiting)
    openings: list[tuple[Attachment, frozenset[Profile]]] = []
    grants: list[tuple[Attachment, frozenset[Profile]]] = []
    more: list[ApprovalRequest] = []
    beyond: list[ApprovalRequest] = []
    for request in waiting:
        may_give = policies.grantable(by, request.structure, held[request.target])
        given = _wanted(request) & may_give if profiles is None else frozenset(profiles)
        attachment = live.get(_key(request))
        if problem := _problem(request, attachment, given, may_give, ends_at, at):
            report.impossible.append((request, problem))
            continue
        if request.kind == RequestKind.ATTACHMENT:
            opened = Attachment(
                user=request.requester, **_level(request), started_at=at, started_by=by, ends_at=ends_at
            )
            openings.append((opened, given))
        elif attachment:
            grants.append((attachment, given))
            more.append(request)
        if left := frozenset(map(Profile, request.profiles)) - may_give:
            beyond.append(_asked_again(request, left, at))
        request.decide(RequestStatus.APPROVED, by=by, at=at)
        request.granted = sorted(given)
        report.done.append(request)
    if grants:  # what was held already is not this decision's to take back
        for request, new in zip(more, grant_many(given=grants, by=by, at=at), strict=True):
            request.granted = sorted(new)
    _write(report.done, Kind.REQUEST_APPROVED, by=by, at=at)
    if openings:
        open_many(openings=openings, by=by, at=at)
    if beyond:
        ApprovalRequest.objects.bulk_create(beyond, ignore_conflicts=True)
    notifications.requests_approved(report.done, at=at)
    return report


def _wanted(request: ApprovalRequest) -> frozenset[Profile]:
    return frozenset(map(Profile, request.profiles)) or request.structure.newcomers_profiles


def _problem(
    request: ApprovalRequest,
    attachment: Attachment | None,
    given: Collection[Profile],
    may_give: Collection[Profile],
    ends_at: datetime | None,
    at: datetime,
) -> DecisionRefused | None:
    """Why a request cannot be approved as it is, if it cannot."""
    if not request.requester.is_active:
        return DecisionRefused("Le compte de cette personne n’est plus actif\u00a0: refusez la demande.")
    if request.service and request.service.state(at) != ServiceState.ACTIF:
        return DecisionRefused("Ce service n’est plus actif\u00a0: refusez la demande en le disant.")
    if request.kind == RequestKind.ATTACHMENT and attachment:
        return DecisionRefused(sentence_of(Attachment, "attachment_one_live"))
    if request.kind == RequestKind.PROFILES and not (attachment and attachment.is_live(at)):
        return DecisionRefused("Cette personne n’est plus rattachée ici\u00a0: refusez la demande.")
    if beyond := sorted(Profile(profile).label for profile in given if profile not in may_give):
        return DecisionRefused(f"Vous ne pouvez pas donner ces profils\u00a0: {', '.join(beyond)}.", field="profiles")
    if request.kind == RequestKind.PROFILES and not given:
        return DecisionRefused("Donnez au moins un des profils demandés, ou refusez la demande.", field="profiles")
    if ends_at and ends_at <= at:
        return DecisionRefused("La fin prévue doit être à venir.", field="ends_at")
    return None


def _asked_again(request: ApprovalRequest, profiles: Collection[Profile], at: datetime) -> ApprovalRequest:
    """What was asked beyond what the approver may give waits for who may (rights, « What is asked », 4)."""
    return ApprovalRequest(
        kind=RequestKind.PROFILES,
        requester=request.requester,
        **_level(request),
        profiles=sorted(profiles),
        comment=request.comment,
        asked_at=at,
    )


def _take_back(request: ApprovalRequest, attachment: Attachment | None, *, by: Any, at: datetime) -> None:
    opened = attachment and (attachment.started_at, attachment.started_by_id) == (request.decided_at, by.pk)
    if not attachment or (request.kind == RequestKind.ATTACHMENT and not opened):
        raise DecisionRefused("Cette personne a été détachée depuis\u00a0: il n’y a plus rien à reprendre.")
    if request.kind == RequestKind.ATTACHMENT:
        end_many(attachments=[attachment], by=by, at=at)
    else:
        revoke_many(taken=[(attachment, list(map(Profile, request.granted)))], by=by, at=at)
    again = ApprovalRequest.objects.pending().of(request.requester)
    again.filter(**_level(request), kind=RequestKind.PROFILES, asked_at=request.decided_at).update(
        status=RequestStatus.WITHDRAWN, decided_at=at, decided_by=by
    )


def _locked(request_ids: Collection[int]) -> list[ApprovalRequest]:
    """The requests, locked after their authors and structures."""
    asked = ApprovalRequest.objects.filter(pk__in=request_ids).values_list("requester", "structure")
    users, structures = map(set, zip(*asked, strict=True)) if asked else (set(), set())
    User.objects.locked_many(users)
    Structure.objects.locked_many(structures)
    return ApprovalRequest.objects.shown().locked_many(request_ids)


def _sorted(
    requests: Sequence[ApprovalRequest], by: Any, at: datetime, report: Report
) -> tuple[list[ApprovalRequest], dict[Any, frozenset[Profile]]]:
    """Those that wait and that the person may decide, with what they hold; the others go into the report."""
    held = rights.gate().profiles_on(by, {request.target for request in requests}, at=at)
    waiting = []
    for request in requests:
        if not policies.may_decide(by, request, held[request.target]):
            report.not_yours.append(request)
        elif not request.is_pending:
            report.decided.append(request)
        else:
            waiting.append(request)
    return waiting, held


def _attachments(requests: Sequence[ApprovalRequest]) -> dict[tuple[int, int, int | None], Attachment]:
    """The attachments that did not end of those who ask, where they ask, locked."""
    found = Attachment.objects.select_related("user", "structure", "service").filter(
        user__in={request.requester_id for request in requests},
        structure__in={request.structure_id for request in requests},
        ended_at=None,
    )
    attachments = found.order_by("pk").select_for_update(of=("self",), no_key=True)
    return {(each.user_id, each.structure_id, each.service_id): each for each in attachments}


def _key(request: ApprovalRequest) -> tuple[int, int, int | None]:
    return request.requester_id, request.structure_id, request.service_id


def _level(request: ApprovalRequest) -> dict[str, Any]:
    return {"structure": request.structure, "service": request.service}


def _write(requests: Sequence[ApprovalRequest], kind: Kind, *, by: Any, at: datetime) -> None:
    if not requests:
        return
    ApprovalRequest.objects.bulk_update(requests, DECIDED)
    Event.objects.record_many(each.event(kind, by=by, at=at) for each in requests)
