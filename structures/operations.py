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
from structures import policies
from structures.models import PUBLIC_PARAMETERS, Structure
from structures.registry import Entry, differences

REACHING = ("address", "address_extra_1", "address_extra_2", "postal_code", "city", "country", "email", "phone")
CHANGEABLE = {*REACHING, "vat_number", *PUBLIC_PARAMETERS}
COPIED = {*CHANGEABLE, "legal_name", "last_name", "first_name", "newcomers_validate"}  # to a new identifier


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


@transaction.atomic(savepoint=False)
def copy_structure(*, structure: Structure, identifier: str, by: Any, at: datetime) -> Structure:
    """Write a structure down again under another identifier of the same type, `origin` saying what it takes over.

    :param structure: locked.
    :raises StructureRefused: the identifier is taken.
    """
    fields = {name: getattr(structure, name) for name in COPIED}
    return register_structure(
        identifier_type=structure.identifier_type,
        identifier=identifier,
        sector=structure.sector,
        origin=structure,
        by=by,
        at=at,
        **fields,
    )


@transaction.atomic
def change_structure(*, structure_id: int, by: Any, at: datetime, **fields: Any) -> Structure:
    """Change what a structure says of itself: its address, how to reach it, what suppliers must give (domain, 3.4).

    :param fields: the new values, by name, of fields of `CHANGEABLE`.
    :raises StructureRefused: `by` may not, a field is locked, or a rule of the model is broken.
    """
    structure = Structure.objects.locked(structure_id)
    if by and not policies.may_modify(by, structure):
        raise StructureRefused(policies.WHO_MAY_MODIFY)
    if locked := sorted(fields.keys() - CHANGEABLE):
        raise StructureRefused(f"Ces champs ne se changent pas ici\u00a0: {', '.join(locked)}.")
    changed = sorted(name for name, value in fields.items() if getattr(structure, name) != value)
    if not changed:
        return structure
    for name in changed:
        setattr(structure, name, fields[name])
    with refusing(Structure, StructureRefused):
        structure.save(update_fields=changed)
    Event.objects.record(Kind.STRUCTURE_CHANGED, by=by, subject=structure, scope=structure, at=at, fields=changed)
    return structure


@transaction.atomic
def take_from_registry(*, structure_id: int, seen: str, entry: Entry, by: Any, at: datetime) -> Structure:
    """Write what the company register says otherwise than the structure (domain, 3.3).

    :param seen: the differences that the person agreed to (`differences`, written out).
    :param entry: what the register says now.
    :raises StructureRefused: `by` may not, or the differences are others by now, or none.
    """
    structure = Structure.objects.locked(structure_id)
    if not policies.may_modify(by, structure):
        raise StructureRefused(policies.WHO_MAY_MODIFY)
    changes = differences(structure, entry)
    if not changes:
        raise StructureRefused("Il n’y a plus rien à mettre à jour.")
    if seen != str(changes):
        raise StructureRefused("Ce qui diffère a changé entre-temps. Le voici\u00a0: relisez, puis recommencez.")
    for name, (_, after) in changes.items():
        setattr(structure, name, after)
    with refusing(Structure, StructureRefused):
        structure.save(update_fields=changes)
    Event.objects.record(
        Kind.STRUCTURE_CHANGED, by=by, subject=structure, scope=structure, at=at, fields=sorted(changes)
    )
    return structure


@transaction.atomic
def activate_structure(*, structure_id: int, by: Any, at: datetime) -> Structure:
    """Wake a structure up: its services and the rights of each come back as they were.

    :raises StructureRefused: `by` may not, or it is active.
    """
    structure = Structure.objects.locked(structure_id)
    if not policies.may_activate(by, structure):
        raise StructureRefused(policies.WHO_MAY_ACTIVATE)
    if structure.is_active:
        raise StructureRefused("Cette structure est déjà active.")
    structure.is_active = True
    structure.save(update_fields=["is_active"])
    Event.objects.record(Kind.STRUCTURE_ACTIVATED, by=by, subject=structure, scope=structure, at=at)
    return structure
