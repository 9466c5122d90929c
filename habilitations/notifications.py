"""The mails about requests, attachments and profiles, one function each; each names the structure and the level."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import Letter, queue_mail, queue_mails
from habilitations.approvers import managers_of
from habilitations.enums import Leaving, RefusalReason, RequestKind
from habilitations.holdings import carried
from habilitations.models import Absence, ApprovalRequest, Attachment, Invitation, Proposal
from services.models import Service
from structures.models import BankAccount, Structure
from structures.profiles import ordered
from users.models import Notice

# What was done with a bank account: in the subject, in the sentence
DONE = {
    Kind.BANK_ACCOUNT_ADDED: ("créée", "créé"),
    Kind.BANK_ACCOUNT_CHANGED: ("modifiée", "modifié"),
    Kind.BANK_ACCOUNT_REMOVED: ("supprimée", "supprimé"),
}
# What to do next, by the reason of a refusal
NEXT = {
    RefusalReason.UNKNOWN: "Si vous travaillez bien pour cette structure, demandez à la personne qui la gère de vous "
    "rattacher elle-même, à l’adresse de votre compte.",
    RefusalReason.ELSEWHERE: "Vérifiez l’identifiant de la structure et le service, puis faites une nouvelle demande.",
    RefusalReason.TWICE: "Voyez «\u00a0Mes rattachements\u00a0»\u00a0: vous y avez sans doute ce qu’il vous faut.",
    RefusalReason.OTHER: "Vous pouvez faire une nouvelle demande, en expliquant ce qui manque.",
}


def request_asked(request: ApprovalRequest, *, at: datetime) -> None:
    """Somebody asks: to those who manage, once a person."""
    _tell_managers("habilitations/request_asked", request, at=at, told=_told(request))


def request_withdrawn(request: ApprovalRequest, *, at: datetime) -> None:
    """Nothing is to be decided any more: to those who manage."""
    _tell_managers("habilitations/request_withdrawn", request, at=at, told=_told(request))


def request_expired(request: ApprovalRequest, *, at: datetime) -> None:
    """To who asked: nobody answered, and what to do."""
    _tell_requesters("habilitations/request_expired", [request], at=at)


def requests_approved(requests: Sequence[ApprovalRequest], *, at: datetime) -> None:
    """To each who asked: what they may do now."""
    _tell_requesters("habilitations/request_approved", requests, at=at)


def requests_refused(requests: Sequence[ApprovalRequest], *, at: datetime) -> None:
    """To each who asked: why, and what to do next."""
    _tell_requesters("habilitations/request_refused", requests, at=at)


def decision_taken_back(request: ApprovalRequest, *, at: datetime) -> None:
    """To who asked: the decision that a mail told does not hold any more, the request waits again."""
    _tell_requesters("habilitations/decision_taken_back", [request], at=at)


def profiles_changed(
    attachment: Attachment, *, added: Iterable[str], removed: Iterable[str], by: Any, at: datetime
) -> None:
    """To who is attached: what they may do more, and less. Who changed it themselves knows."""
    if by != attachment.user:
        _tell_attached(
            "habilitations/profiles_changed", attachment, at=at, added=labels(added), removed=labels(removed)
        )


def substitute_named(absence: Absence, *, at: datetime) -> None:
    """To who stands in: for whom, from when to when."""
    reader = absence.substitute
    queue_mail(
        kind="habilitations/substitute_named",
        to=reader.notices_email,
        at=at,
        first_name=reader.first_name,
        who=str(absence.user),
        absent_from=absence.absent_from,
        absent_until=absence.absent_until,
    )


def invited(invitation: Invitation, *, key: str, at: datetime) -> Mail:
    """To an address without an account: who invites, where, and the link."""
    return queue_mail(
        kind="habilitations/invited",
        to=invitation.email,
        at=at,
        where=level_of(invitation.structure, invitation.service),
        invited_by=str(invitation.invited_by),
        expires_at=invitation.expires_at,
        key=key,
    )


def attached(attachment: Attachment, *, at: datetime) -> None:
    """To whom somebody attached: what they may do now."""
    held = labels(carried([attachment])[attachment.pk])
    by = str(attachment.started_by)
    _tell_attached("habilitations/attached", attachment, at=at, held=held, by=by, ends_at=attachment.ends_at)


def detached(attachment: Attachment, *, by: Any, at: datetime) -> None:
    """To whose attachment ended: what was said of why. Who left by themselves knows: those who manage are told."""
    if by != attachment.user:
        _tell_attached("habilitations/detached", attachment, at=at, reason=attachment.end_reason)
        return
    told = {"who": str(attachment.user), "where": level_of(attachment.structure, attachment.service)}
    _tell_managers("habilitations/left", attachment, at=at, told=told)


def end_planned(attachment: Attachment, *, by: Any, at: datetime) -> None:
    """To whose attachment will end: when."""
    if by != attachment.user:
        told = {"ends_at": attachment.ends_at, "reason": attachment.end_reason}
        _tell_attached("habilitations/end_planned", attachment, at=at, **told)


def service_closed(attachments: Sequence[Attachment], service: Service, *, people: Leaving, at: datetime) -> None:
    """To each who was attached to the service: when it closes, and where they are attached now."""
    told = {
        "where": level_of(service.structure, service),
        "structure": service.structure.name,
        "active_until": service.active_until,
        "stays": people == Leaving.STAY,
    }
    letters = [
        Letter(each.user.notices_email, {**told, "first_name": each.user.first_name})
        for each in attachments
        if each.user.is_active
    ]
    queue_mails(kind="habilitations/service_closed", letters=letters, at=at, bulk=len(letters) > 1)


def structure_renumbered(
    old: Structure,
    new: Structure,
    *,
    attachments: Sequence[Attachment],
    requests: Sequence[ApprovalRequest],
    at: datetime,
) -> None:
    """To each person attached, or whose request waits, once: the structure goes on under another SIRET."""
    people = {each.pk: each for each in (*(one.user for one in attachments), *(one.requester for one in requests))}
    told = {"structure": new.name, "former": old.identifier, "identifier": new.identifier}
    letters = [
        Letter(each.notices_email, {**told, "first_name": each.first_name})
        for each in people.values()
        if each.is_active
    ]
    queue_mails(kind="habilitations/structure_renumbered", letters=letters, at=at, bulk=len(letters) > 1)


def bank_account_changed(account: BankAccount, kind: Kind, *, by: Any, at: datetime) -> None:
    """To the GP of the structure, unless they did it: where it is paid has changed, and who changed it."""
    reader, structure = account.structure.principal_manager, account.structure
    if reader and reader.is_active and reader != by:
        what, verb = DONE[kind]
        told = {
            "first_name": reader.first_name,
            "by": str(by),
            "structure": structure.name,
            "public_id": structure.public_id,
            "label": account.label,
            "iban": account.masked_iban,
            "what": what,
            "verb": verb,
        }
        queue_mail(kind="habilitations/bank_account_changed", to=reader.notices_email, at=at, **told)


def proposal_accepted(proposal: Proposal, *, at: datetime) -> None:
    """To who asked for a public structure: it is there, and theirs to manage."""
    _tell_proposer("habilitations/proposal_accepted", proposal, at=at)


def proposal_refused(proposal: Proposal, *, at: datetime) -> None:
    """To who asked for a public structure: why it is not created, and what to do."""
    _tell_proposer("habilitations/proposal_refused", proposal, at=at)


def _tell_proposer(kind: str, proposal: Proposal, *, at: datetime) -> None:
    reader = proposal.requester
    if reader.is_active:
        told = {
            "first_name": reader.first_name,
            "structure": proposal.legal_name,
            "identifier": proposal.identifier,
            "reason_text": proposal.reason_text,
        }
        queue_mail(kind=kind, to=reader.notices_email, at=at, **told)


def level_of(structure: Structure, service: Service | None) -> str:
    """Where somebody is attached, in a sentence: « BANQUE DE FRANCE, service FI_COMPTA »."""
    return f"{structure.name}, service {service.code}" if service else structure.name


def labels(profiles: Iterable[str]) -> str:
    """Profiles in a sentence, in the order of the catalogue."""
    return ", ".join(profile.label for profile in ordered(profiles))


def _tell_attached(kind: str, attachment: Attachment, *, at: datetime, **told: Any) -> None:
    reader, where = attachment.user, level_of(attachment.structure, attachment.service)
    if reader.is_active:
        told = {"first_name": reader.first_name, "where": where, **told}
        queue_mails(kind=kind, letters=[Letter(reader.notices_email, told)], at=at)


def _tell_managers(kind: str, about: ApprovalRequest | Attachment, *, at: datetime, told: dict[str, Any]) -> None:
    whose = about.user_id if isinstance(about, Attachment) else about.requester_id
    readers = managers_of(about.target, at=at).exclude(pk=whose)
    letters = [
        Letter(one.notices_email, {**told, "first_name": one.first_name})
        for one in readers
        if Notice.ACTIVITE in one.notices
    ]
    queue_mails(kind=kind, letters=letters, at=at)


def _tell_requesters(kind: str, requests: Sequence[ApprovalRequest], *, at: datetime) -> None:
    queue_mails(kind=kind, letters=list(_letters(requests)), at=at, bulk=len(requests) > 1)


def _letters(requests: Sequence[ApprovalRequest]) -> Iterator[Letter]:
    for request in requests:
        reader = request.requester
        if Notice.DEMANDES in reader.notices and reader.is_active:
            yield Letter(reader.notices_email, {**_told(request), "first_name": reader.first_name})


def _told(request: ApprovalRequest) -> dict[str, Any]:
    reason = RefusalReason(request.reason_code) if request.reason_code else None
    return {
        "request": request,
        "is_attachment": request.kind == RequestKind.ATTACHMENT,
        "requester": str(request.requester),
        "requester_email": request.requester.email,
        "where": level_of(request.structure, request.service),
        "asked": labels(request.profiles),
        "granted": labels(request.granted),
        "comment": request.comment,
        "reason": reason.label if reason else "",
        "reason_text": request.reason_text,
        "next": NEXT[reason] if reason else "",
        "decided_by": str(request.decided_by) if request.decided_by and request.structure.is_public else "",
    }
