"""Who writes waits for who holds what they change; locks are taken in one order (CONTRIBUTING, step 4)."""

import re
from functools import partial
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from habilitations.models import Attachment
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import ServiceFactory, StructureFactory, UserFactory
from tests.support.operators import make_groups
from tests.support.people import make_member
from tests.support.races import race
from tests.support.tree import ROOT, operations
from users.models import User

ORDER = [User, Structure, Service, Attachment]
_DECLARED = [
    import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for path in sorted((ROOT / "tests").rglob("locks.py"))
]
# Each operation: the rows that it locks, and its arguments on the rows of the fixture `rows`
LOCKS = {name: line for module in _DECLARED for name, line in getattr(module, "LOCKS", {}).items()}
NOTHING = {name: why for module in _DECLARED for name, why in getattr(module, "NOTHING", {}).items()}


@pytest.fixture
def rows(transactional_db):
    make_groups()
    structure = StructureFactory()
    manager = make_member(structure, profiles={Profile.ORGANISATION_MODIFICATION})
    return SimpleNamespace(
        user=UserFactory(),
        structure=structure,
        service=ServiceFactory(structure=structure),
        manager=manager,
        attachment=manager.attachments.get(),
    )


def test_every_operation_says_what_it_locks():
    missing, gone = operations() - LOCKS.keys() - NOTHING.keys(), {*LOCKS, *NOTHING} - operations()

    assert not missing, f"Say in tests/<app>/locks.py what these lock, or why nothing: {sorted(missing)}"
    assert not gone, f"No longer an operation, in tests/<app>/locks.py: {sorted(gone)}"


@pytest.mark.parametrize("model", ORDER)
def test_writers_wait_for_whoever_holds_what_they_change(rows, now, model):
    acts = {name: partial(named(name), **arguments(rows), at=now) for name, (_, arguments) in LOCKS.items()}

    with transaction.atomic():
        model.objects.locked(getattr(rows, model._meta.model_name).pk)
        waiting = {name for name, act in acts.items() if is_kept_waiting(act)}

    assert waiting == {name for name, (models, _) in LOCKS.items() if model in models}


@pytest.mark.parametrize("name", LOCKS)
def test_locks_are_taken_in_one_order(rows, now, name):
    _, arguments = LOCKS[name]
    tables = [model._meta.db_table for model in ORDER]

    with CaptureQueriesContext(connection) as queries:
        named(name)(**arguments(rows), at=now)

    taken = tables_locked(queries)
    assert taken
    assert taken == sorted(taken, key=tables.index)


def test_a_service_is_locked_after_its_structure(db):
    service = ServiceFactory()

    with CaptureQueriesContext(connection) as queries:
        locked = Service.objects.locked_with_structure(service.pk)

    assert (locked, locked.structure) == (service, service.structure)
    assert tables_locked(queries) == [Structure._meta.db_table, Service._meta.db_table]


def tables_locked(queries):
    """In the order in which they were first locked."""
    locking = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    return list(dict.fromkeys(re.search(r'FROM "(\w+)"', sql)[1] for sql in locking))


def named(operation):
    module, _, name = operation.rpartition(".")
    return getattr(import_module(module), name)


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
