"""Whether those who are attached may accept others (guide, introduction; domain, 7.3)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications, policies
from habilitations.holdings import carried
from habilitations.models import Attachment
from habilitations.operations._parts import revoke_many
from structures.models import Structure
from structures.profiles import ORGANISATION_PROFILES, Profile, given

VALIDATION = Profile.RATTACHEMENT_VALIDATION


class NewcomersRefused(Refusal):
    """The setting was not changed."""


@transaction.atomic
def set_newcomers(*, structure_id: int, newcomers_validate: bool, take_back: bool, by: Any, at: datetime) -> int:
    """Say whether a new attachment brings « Rattachement validation », and take it from those who have it, if wished.

    Those who manage keep it: « Organisation modification » gives it.

    :returns: from how many attachments it was taken.
    :raises NewcomersRefused: `by` may not, or it is taken from the present ones and left to the next.
    """
    structure = Structure.objects.locked(structure_id)
    if not policies.may_attach(by, structure):
        raise NewcomersRefused(policies.WHO_MAY_ATTACH)
    if take_back and newcomers_validate:
        raise NewcomersRefused(
            "Retirez-le aussi aux nouveaux rattachés, ou laissez-le à ceux qui l’ont.", field="take_back"
        )
    if structure.newcomers_validate != newcomers_validate:
        structure.newcomers_validate = newcomers_validate
        structure.save(update_fields=["newcomers_validate"])
        Event.objects.record(
            Kind.STRUCTURE_NEWCOMERS, by=by, subject=structure, scope=structure, at=at, accept=newcomers_validate
        )
    return _take_back(structure, by=by, at=at) if take_back else 0


def _take_back(structure: Structure, *, by: Any, at: datetime) -> int:
    open_ones = Attachment.objects.filter(structure=structure, ended_at=None).select_related("user", "service")
    attachments = list(open_ones.order_by("pk").select_for_update(of=("self",), no_key=True))
    for attachment in attachments:
        attachment.structure = structure
    held = carried(attachments)
    taken = [
        each
        for each in attachments
        if VALIDATION in held[each.pk] and Profile.ORGANISATION_MODIFICATION not in held[each.pk]
    ]
    revoke_many(taken=[(each, [VALIDATION]) for each in taken], by=by, at=at)
    for each in taken:
        lost = given({VALIDATION}) - given(set(held[each.pk]) - {VALIDATION})
        notifications.profiles_changed(each, added=[], removed=lost & ORGANISATION_PROFILES, by=by, at=at)
    return len(taken)
