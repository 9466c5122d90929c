"""What changes a structure by itself. What also changes who may do what stands in `habilitations.operations`."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from chorus_org.kernel.common.identifiers import canonical
from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from structures.models import Structure


class StructureRefused(Refusal):
    """A structure was not written."""


@transaction.atomic
def register_structure(
    *, identifier_type: str, identifier: str, sector: str, by: Any, at: datetime, **fields: Any
) -> Structure:
    """Write down a structure that nobody manages yet, as files and registers bring them.

    The key of the identifier is not asked here (`common.identifiers.check_key` is, where a person types).

    :param fields: the other fields of `Structure`, by name: its name, its address, its parameters.
    :raises StructureRefused: the identifier is misspelt or taken, or the row breaks a rule of the model.
    """
    try:
        identifier = canonical(identifier_type, identifier)
    except ValidationError as error:
        raise StructureRefused(error.messages[0], field="identifier") from error
    structure = Structure(
        identifier_type=identifier_type, identifier=identifier, sector=sector, created_at=at, **fields
    )
    with refusing(Structure, StructureRefused):
        structure.save(force_insert=True)
    Event.objects.record(Kind.STRUCTURE_REGISTERED, by=by, subject=structure, scope=structure, at=at)
    return structure
