"""What is done with a structure and changes who may do what: creating one, putting it to sleep (domain, 3)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications
from habilitations.enums import RefusalReason, RequestStatus
from habilitations.models import ApprovalRequest, Invitation
from habilitations.operations._parts import drop_invitations
from habilitations.operations.principal_manager import appoint
from structures import policies
from structures.enums import Sector
from structures.models import Structure
from structures.operations import register_structure
from users.models import User

A_DAY, MOST = timedelta(days=1), 20  # structures that one person creates in a day
SLEEPS = "La structure a été désactivée."


class FoundingRefused(Refusal):
    """A structure was not created, or not put to sleep."""


@transaction.atomic
def found_structure(
    *, identifier_type: str, identifier: str, sector: str, by: Any, at: datetime, **fields: Any
) -> Structure:
    """Create a private structure, whose creator becomes its GP in the same breath (domain, 3.2).

    :raises FoundingRefused: it is a public one: these come from the State's files; or the person created many today.
    :raises StructureRefused: the identifier is misspelt or taken, or a rule of the model is broken.
    """
    user = User.objects.locked(by.pk)
    if Structure.objects.filter(principal_manager=user, created_at__gt=at - A_DAY).count() >= MOST:
        raise FoundingRefused(f"Vous avez créé {MOST} structures depuis hier. Reprenez demain.", field="identifier")
    if sector == Sector.PUBLIQUE:
        raise FoundingRefused(
            "Une structure publique est créée par un exploitant de la plateforme. Si elle n’est pas dans l’annuaire, "
            "demandez sa création.",
            field="sector",
        )
    structure = register_structure(
        identifier_type=identifier_type, identifier=identifier, sector=sector, by=user, at=at, **fields
    )
    appoint(structure_id=structure.pk, user_id=user.pk, by=None, at=at)
    structure.principal_manager = user
    return structure


@transaction.atomic
def deactivate_structure(*, structure_id: int, by: Any, at: datetime) -> Structure:
    """Put a structure to sleep: services and rights sleep with it, what waits there is answered (domain, 3.3).

    :raises FoundingRefused: `by` may not, or it sleeps already.
    """
    waiting = ApprovalRequest.objects.pending().filter(structure=structure_id)
    User.objects.locked_many(waiting.values_list("requester", flat=True))
    structure = Structure.objects.locked(structure_id)
    if not structure.is_active:
        raise FoundingRefused("Cette structure n’est déjà plus active.")
    if not policies.may_modify(by, structure):
        raise FoundingRefused(policies.WHO_MAY_MODIFY)
    requests = list(waiting.shown().order_by("pk").select_for_update(of=("self",), no_key=True))
    for request in requests:
        request.decide(RequestStatus.REFUSED, by=by, at=at)
        request.reason_code, request.reason_text = RefusalReason.OTHER, SLEEPS
    ApprovalRequest.objects.bulk_update(
        requests, ["status", "decided_by", "decided_at", "reason_code", "reason_text"], batch_size=1000
    )
    Event.objects.record_many(each.event(Kind.REQUEST_REFUSED, by=by, at=at) for each in requests)
    drop_invitations(invitations=Invitation.objects.waiting().filter(structure=structure), by=by, at=at)
    structure.is_active = False
    structure.save(update_fields=["is_active"])
    Event.objects.record(Kind.STRUCTURE_DEACTIVATED, by=by, subject=structure, scope=structure, at=at)
    notifications.requests_refused(requests, at=at)
    return structure
