"""Who writes rights waits for who holds the person or the structure, in that order (architecture, « Locks »)."""

from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from habilitations.models import Attachment
from habilitations.operations.attachments import attach
from habilitations.operations.lifecycle import suspend_account
from habilitations.operations.principal_manager import appoint
from habilitations.operations.profiles import grant
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, StructureFactory, UserFactory
from tests.support.people import make_member
from tests.support.races import race
from users.models import User


@pytest.mark.parametrize(
    ("held", "waiting"),
    [
        ("user", {"appoint", "attach", "suspend"}),
        ("structure", {"appoint", "attach", "grant"}),
        ("attachment", {"grant"}),
    ],
)
def test_writers_wait_for_whoever_holds_what_they_change(transactional_db, now, held, waiting):
    structure, newcomer = StructureFactory(), UserFactory()
    attachment = make_member(structure).attachments.get()
    rows = {
        "user": (User, newcomer.pk),
        "structure": (Structure, structure.pk),
        "attachment": (Attachment, attachment.pk),
    }
    acts = {
        "appoint": partial(appoint, structure_id=structure.pk, user_id=newcomer.pk, by=None, at=now),
        "attach": partial(attach, user_id=newcomer.pk, structure_id=structure.pk, by=None, at=now),
        "grant": partial(grant, attachment=attachment, profiles={Profile.FACTURATION_VALIDATION}, by=None, at=now),
        "suspend": partial(suspend_account, user_id=newcomer.pk, by=None, at=LONG_AGO),
    }
    model, pk = rows[held]

    with transaction.atomic():
        model.objects.locked(pk)
        refused = {name for name, act in acts.items() if is_kept_waiting(act)}

    assert refused == waiting


def test_a_lock_keeps_nobody_waiting_who_only_refers_to_the_row(transactional_db, now):
    structure, person = StructureFactory(), UserFactory()

    def refer():
        Attachment.objects.create(user=person, structure=structure, started_at=now)
        connection.check_constraints()

    with transaction.atomic():
        Structure.objects.locked(structure.pk)
        User.objects.locked(person.pk)
        waiting = is_kept_waiting(refer)

    assert not waiting


def is_kept_waiting(act):
    [outcome] = race(partial(without_waiting, act))
    assert outcome is None or isinstance(outcome, OperationalError)
    return outcome is not None


def without_waiting(act):
    """Do it in a transaction that gives up rather than wait, and change nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        act()
        transaction.set_rollback(True)
