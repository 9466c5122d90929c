"""Asking the operators for a public structure, and what they answer (domain, 3.5)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from chorus_org.kernel.common.identifiers import IdentifierType, canonical, check_key
from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications, policies
from habilitations.enums import RequestStatus
from habilitations.models import Proposal
from habilitations.operations.principal_manager import appoint
from services.operations import open_default_service
from structures.enums import Sector
from structures.models import Structure
from structures.operations import register_structure
from users.models import User

WAITING_MOST = 5  # proposals that wait, of one person
CREATED = ("legal_name", "address", "postal_code", "city")


class ProposalRefused(Refusal):
    """A public structure was not asked for, or not answered for."""


class ProposalOver(ProposalRefused):
    """It does not wait any more."""

    status = 409


@transaction.atomic
def propose(*, identifier: str, by: Any, at: datetime, **fields: Any) -> Proposal:
    """Ask for a public structure that is not there.

    :param fields: the other fields of `Proposal` that a person fills in, by name.
    :raises ProposalRefused: the SIRET is misspelt, a structure has it, it is asked for already, or too many wait.
    """
    user = User.objects.locked(by.pk)
    try:
        identifier = canonical(IdentifierType.SIRET, identifier)
        check_key(IdentifierType.SIRET, identifier)
    except ValidationError as error:
        raise ProposalRefused(error.messages[0], field="identifier") from error
    check_absent(identifier=identifier)
    if Proposal.objects.waiting().of(user).count() >= WAITING_MOST:
        raise ProposalRefused(f"Vous avez déjà {WAITING_MOST} demandes de création en attente. Attendez les réponses.")
    proposal = Proposal(requester=user, identifier=identifier, asked_at=at, **fields)
    with refusing(Proposal, ProposalRefused):
        proposal.save(force_insert=True)
    _record(Kind.PROPOSAL_MADE, proposal, by=by, at=at)
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, by: Any, at: datetime) -> Proposal:
    """Take one's own proposal back, as long as nobody answered.

    :raises ProposalOver: it was answered, or is another's.
    """
    proposal = _waiting(proposal_id)
    if proposal.requester_id != by.pk:
        raise ProposalOver("Cette demande n’est pas la vôtre.")
    _decide(proposal, RequestStatus.WITHDRAWN, by=by, at=at)
    _record(Kind.PROPOSAL_WITHDRAWN, proposal, by=by, at=at)
    return proposal


@transaction.atomic
def accept_proposal(*, proposal_id: int, by: Any, at: datetime) -> Proposal:
    """Create the public structure that was asked for; whoever asked becomes its GP.

    :raises ProposalRefused: the operator may not, it does not wait, or the structure is there since.
    """
    _check_operator(by)
    asked = Proposal.objects.get(pk=proposal_id)
    user = User.objects.locked(asked.requester_id)
    proposal = _waiting(proposal_id)
    check_absent(identifier=proposal.identifier)
    if not user.is_active:
        raise ProposalRefused("Le compte du demandeur n’est plus en activité\u00a0: refusez la demande.")
    structure = register_structure(
        identifier_type=IdentifierType.SIRET,
        identifier=proposal.identifier,
        sector=Sector.PUBLIQUE,
        by=by,
        at=at,
        **{name: getattr(proposal, name) for name in CREATED},
    )
    open_default_service(structure_id=structure.pk, by=by, at=at)
    appoint(structure_id=structure.pk, user_id=user.pk, by=by, at=at)
    proposal.structure = structure
    _decide(proposal, RequestStatus.APPROVED, by=by, at=at)
    _record(Kind.PROPOSAL_ACCEPTED, proposal, by=by, at=at)
    notifications.proposal_accepted(proposal, at=at)
    return proposal


@transaction.atomic
def refuse_proposal(*, proposal_id: int, reason_text: str, by: Any, at: datetime) -> Proposal:
    """Answer no, and why.

    :raises ProposalRefused: the operator may not, it does not wait, or nothing is said.
    """
    _check_operator(by)
    if not reason_text.strip():
        raise ProposalRefused("Dites pourquoi\u00a0: la personne le lira.", field="reason_text")
    proposal = _waiting(proposal_id)
    proposal.reason_text = reason_text
    _decide(proposal, RequestStatus.REFUSED, by=by, at=at)
    _record(Kind.PROPOSAL_REFUSED, proposal, by=by, at=at)
    notifications.proposal_refused(proposal, at=at)
    return proposal


@transaction.atomic(savepoint=False)
def forget_proposals(*, user: User, at: datetime) -> None:
    """Withdraw what a person still asks, and forget what they wrote: they are erased.

    :param user: their row is locked by the caller.
    """
    Proposal.objects.waiting().of(user).update(status=RequestStatus.WITHDRAWN, decided_at=at)
    Proposal.objects.of(user).update(comment="", reason_text="")


def check_absent(*, identifier: str) -> None:
    """Refuse to ask for a structure that there is: one is only not attached to it.

    :raises ProposalRefused: a structure has this SIRET.
    """
    if Structure.objects.filter(identifier_type=IdentifierType.SIRET, identifier=identifier).exists():
        raise ProposalRefused("Cette structure existe déjà\u00a0: demandez à y être rattaché.", field="identifier")


def _check_operator(by: Any) -> None:
    if not policies.may_appoint(by):
        raise ProposalRefused(policies.WHO_MAY_APPOINT)


def _waiting(proposal_id: int) -> Proposal:
    proposal = Proposal.objects.select_related("requester").locked(proposal_id)
    if not proposal.is_waiting:
        raise ProposalOver("Cette demande a déjà reçu une réponse.")
    return proposal


def _decide(proposal: Proposal, status: RequestStatus, *, by: Any, at: datetime) -> None:
    proposal.status, proposal.decided_by, proposal.decided_at = status, by, at
    proposal.save(update_fields=["status", "decided_by", "decided_at", "reason_text", "structure"])


def _record(kind: Kind, proposal: Proposal, *, by: Any, at: datetime) -> None:
    Event.objects.record(
        kind, by=by, subject=proposal.requester, scope=proposal.structure, at=at, request=str(proposal.public_id)
    )
