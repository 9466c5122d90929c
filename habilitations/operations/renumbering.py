"""Changing the SIRET of a structure: the establishment moved, the company is the same (domain, 3.6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from chorus_org.kernel.common.identifiers import IdentifierType, canonical, check_key
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications
from habilitations.holdings import carried
from habilitations.models import ApprovalRequest, Attachment, Invitation
from habilitations.operations._parts import end_many, open_many
from habilitations.operations.bank_accounts import copy_bank_accounts
from services.models import Service
from services.operations import copy_services
from structures import policies
from structures.models import Structure
from structures.operations import copy_structure
from users.models import User

SIREN = 9  # digits of a SIRET that name the company
PEOPLE: Mapping[Any, tuple[str, ...]] = {Attachment: ("user",), ApprovalRequest: ("requester",), Invitation: ()}
Services = Mapping[int | None, Service | None]  # the new one of each; the whole structure (None) stays the whole


class RenumberingRefused(Refusal):
    """A structure did not change its SIRET."""


@transaction.atomic
def change_identifier(*, structure_id: int, identifier: str, by: Any, at: datetime) -> Structure:
    """Copy a structure under another SIRET of its company, with all that is its own, and put the first to sleep.

    Services, attachments, profiles, requests and invitations that wait go to the new one; each person is told.

    :returns: the new structure, which `origin` links to the first.
    :raises RenumberingRefused: `by` may not, it has changed already, or the SIRET is not one of the same company.
    :raises StructureRefused: a structure has this SIRET already.
    """
    attached = Attachment.objects.filter(structure=structure_id, ended_at=None)
    waiting = ApprovalRequest.objects.pending().filter(structure=structure_id)
    invited = Invitation.objects.waiting().filter(structure=structure_id)
    User.objects.locked_many({*attached.values_list("user", flat=True), *waiting.values_list("requester", flat=True)})
    old = Structure.objects.locked(structure_id)
    identifier = _checked(old, identifier, by)
    new = copy_structure(structure=old, identifier=identifier, by=by, at=at)
    copy_bank_accounts(structure=old, to=new, at=at)
    copies = copy_services(structure=old, to=new, by=by, at=at)
    services: dict[int | None, Service | None] = {None: None, **dict(copies.items())}
    requests, invitations = _locked(waiting), _locked(invited)
    _follow(requests, new, services)
    _follow(invitations, new, services)
    attachments = _locked(attached)
    _attach(attachments, new, services, by=by, at=at)
    new.principal_manager, old.principal_manager, old.is_active = old.principal_manager, None, False
    new.save(update_fields=["principal_manager"])
    old.save(update_fields=["principal_manager", "is_active"])
    for one, other in ((old, new), (new, old)):
        Event.objects.record(
            Kind.STRUCTURE_RENUMBERED, by=by, subject=one, scope=one, at=at, structure=str(other.public_id)
        )
    notifications.structure_renumbered(old, new, attachments=attachments, requests=requests, at=at)
    return new


def _checked(old: Structure, typed: str, by: Any) -> str:
    if successor := Structure.objects.filter(origin=old).first():
        raise RenumberingRefused(f"Cette structure a déjà changé d’identifiant\u00a0: {successor}.")
    if not policies.may_modify(by, old):
        raise RenumberingRefused(policies.WHO_MAY_MODIFY)
    if old.identifier_type != IdentifierType.SIRET:
        raise RenumberingRefused("Seule une structure qui a un SIRET en change.")
    try:
        identifier = canonical(IdentifierType.SIRET, typed)
        check_key(IdentifierType.SIRET, identifier)
    except ValidationError as error:
        raise RenumberingRefused(error.messages[0], field="identifier") from error
    if identifier[:SIREN] != old.identifier[:SIREN]:
        raise RenumberingRefused(
            f"Le nouveau SIRET doit commencer par le même SIREN\u00a0: {old.identifier[:SIREN]}. Pour une autre "
            "entreprise, créez une structure.",
            field="identifier",
        )
    if identifier == old.identifier:
        raise RenumberingRefused("C’est déjà le SIRET de cette structure.", field="identifier")
    return identifier


def _locked(rows: Any) -> list[Any]:
    shown = rows.select_related("structure", "service", *PEOPLE[rows.model])
    return list(shown.order_by("pk").select_for_update(of=("self",), no_key=True))


def _follow(rows: Sequence[Any], new: Structure, services: Services) -> None:
    for row in rows:
        row.structure, row.service = new, services[row.service_id]
    if rows:
        type(rows[0]).objects.bulk_update(rows, ["structure", "service"], batch_size=1000)


def _attach(attachments: Sequence[Attachment], new: Structure, services: Services, *, by: Any, at: datetime) -> None:
    """Each attachment again on the new structure, since when it was and until when it is, with what it carries."""
    held = carried(attachments)
    openings = [
        (
            Attachment(
                user=each.user,
                structure=new,
                service=services[each.service_id],
                started_at=each.started_at,
                started_by_id=each.started_by_id,
                ends_at=each.ends_at,
            ),
            held[each.pk].keys(),
        )
        for each in attachments
    ]
    if openings:
        open_many(openings=openings, by=by, at=at)
        end_many(attachments=attachments, by=by, at=at)
