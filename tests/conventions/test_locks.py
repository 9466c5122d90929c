"""Who writes waits for who holds what they change; locks are taken in one order (CONTRIBUTING, step 4)."""

import re
from functools import partial
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from habilitations.models import Attachment
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, PASSWORD, ServiceFactory, StructureFactory, UserFactory
from tests.support.operators import make_groups
from tests.support.people import make_member
from tests.support.races import race
from tests.support.tree import operations
from users.models import LinkPurpose, User
from users.operations.links import issue_link


def key(rows, purpose):
    return issue_link(user=rows.user, purpose=purpose, at=timezone.now())


ORDER = [User, Structure, Service, Attachment]
# Each operation: the rows that it locks, and its arguments on the rows of the fixture `rows`
LOCKS = {
    "habilitations.operations.attachments.attach": (
        {User, Structure},
        lambda rows: {"user_id": rows.user.pk, "structure_id": rows.structure.pk, "by": None},
    ),
    "habilitations.operations.attachments.end_attachment": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "by": None},
    ),
    "chorus_org.leaving.operations.idle.erase": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.leaving.operations.idle.suspend_unused": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.leaving.operations.idle.warn": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.leaving.operations.closing.close_account": ({User}, lambda rows: {"by": rows.user, "erase": False}),
    "chorus_org.leaving.operations.closing.erase_account": (
        {Structure, Attachment},
        lambda rows: {"user_id": rows.manager.pk},
    ),
    "chorus_org.operators.operations.lifecycle.reopen_account": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "by": None},
    ),
    "chorus_org.operators.operations.lifecycle.suspend_account": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "by": None},
    ),
    "chorus_org.operators.operations.roles.make_operator": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "role": "support", "by": None},
    ),
    "habilitations.operations.principal_manager.appoint": (
        {User, Structure},
        lambda rows: {"user_id": rows.user.pk, "structure_id": rows.structure.pk, "by": None},
    ),
    "habilitations.operations.profiles.grant": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "profiles": {Profile.FACTURATION_VALIDATION}, "by": None},
    ),
    "chorus_org.operators.operations.recovery.ask_new_address": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "email": "nouvelle@example.org", "by": None},
    ),
    "chorus_org.operators.operations.recovery.recover": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.operators.operations.lifecycle.close_sessions": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "by": None},
    ),
    "users.operations.links.use_link": (
        {User},
        lambda rows: {"key": key(rows, LinkPurpose.CONTACT), "purpose": LinkPurpose.CONTACT},
    ),
    "users.operations.second_factor.factors.add_application": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "secret": "A" * 32, "session": ""},
    ),
    "users.operations.proconnect.link_identity": (
        {User},
        lambda rows: {"by": rows.user, "issuer": "https://example.org", "subject": "1", "siret": ""},
    ),
    "users.operations.second_factor.factors.add_key": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "name": "Clé", "credential": {"id": "x"}, "session": ""},
    ),
    "users.operations.second_factor.factors.use_key": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "key_id": 0, "counter": 1},
    ),
    "users.operations.second_factor.factors.make_recovery_codes": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "users.operations.details.change_details": ({User}, lambda rows: {"by": rows.user, "phone": "01 23 45 67 89"}),
    "users.operations.addresses.ask_address": (
        {User},
        lambda rows: {"by": rows.user, "email": "nouvelle@example.org"},
    ),
    "users.operations.addresses.change_address": ({User}, lambda rows: {"key": key(rows, LinkPurpose.ADDRESS)}),
    "users.operations.second_factor.factors.spend_recovery_code": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "code": "AAAA-BBBB"},
    ),
    "users.operations.passwords.change_password": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "password": PASSWORD},
    ),
    "users.operations.passwords.reset_password": (
        {User},
        lambda rows: {"key": key(rows, LinkPurpose.PASSWORD), "password": PASSWORD, "address": "127.0.0.1"},
    ),
    "services.operations.create_service": (
        {Structure},
        lambda rows: {
            "structure_id": rows.structure.pk,
            "code": "FI",
            "label": "Service financier",
            "active_from": LONG_AGO,
            "by": rows.manager,
        },
    ),
    "services.operations.open_default_service": (
        {Structure},
        lambda rows: {"structure_id": rows.structure.pk, "by": None},
    ),
}
NOTHING = {
    "chorus_org.leaving.operations.personal_data.take_data": "it only reads",
    "chorus_org.operators.operations.recovery.ask_factors_reset": "as ask_new_address; needs a factor",
    "chorus_org.operators.operations.recovery.drop_recovery": "as ask_new_address, which must come before",
    "users.operations.addresses.give_address_back": "part of what its caller locks",
    "users.operations.addresses.move_address": "part of what its caller locks",
    "users.operations.erasure.erase_person": "part of what its caller locks",
    "users.operations.requests.answer_owner": "part of what its caller locks",
    "users.operations.proconnect.forget_identity": "part of what its caller locks",
    "users.operations.proconnect.unlink_identity": "as link_identity, which must come before",
    "chorus_org.leaving.operations.returns.come_back": "waits in use_link",
    "chorus_org.kernel.mail.operations.purge_mails": "mails that are over",
    "chorus_org.kernel.mail.operations.queue_mail": "the mail is new",
    "chorus_org.kernel.mail.operations.queue_mails": "the mails are new",
    "chorus_org.kernel.mail.operations.rescue_mails": "mails only: tests/kernel/mail/test_rescue.py",
    "chorus_org.kernel.mail.operations.resend_mail": "a mail only: tests/kernel/mail/test_resend.py",
    "chorus_org.kernel.mail.operations.send_mail": "a mail only: tests/kernel/mail/test_send.py",
    "users.operations.accounts.forget_unactivated": "accounts that do not act yet",
    "users.operations.links.issue_link": "part of what its caller locks",
    "users.operations.links.void_links": "part of what its caller locks",
    "users.operations.login.purge_counters": "counters that are over",
    "users.operations.login.unlock": "counters of its own",
    "users.operations.passwords.activate": "waits in use_link",
    "users.operations.addresses.cancel_address": "waits in use_link",
    "users.operations.details.ask_to_confirm": "part of what its caller locks",
    "users.operations.details.confirm_contact": "waits in use_link",
    "users.operations.requests.count_mail": "part of what its caller locks",
    "users.operations.second_factor.factors.remove_added": "part of what its caller locks",
    "users.operations.second_factor.factors.remove_application": "as add_application, which must come before",
    "users.operations.second_factor.factors.remove_key": "as add_key, which must come before",
    "users.operations.sessions.close_other_sessions": "sessions of one's own",
    "users.operations.sessions.close_session": "a session of one's own",
    "users.operations.sessions.purge_sessions": "sessions that are over",
    "users.operations.requests.answer": "the account is new, or its links are: issue_link",
    "users.operations.requests.ask": "the request is new",
    "users.operations.second_factor.codes.send_code": "counters of its own: tests/users/second_factor/test_code.py",
    "users.operations.second_factor.codes.spend_code": "counters of its own: tests/users/second_factor/test_code.py",
    "users.operations.requests.tell_of_lock": "the request is new",
    "structures.operations.register_structure": "the structure is new",
    "users.operations.accounts.create_account": "the account is new",
    "users.operations.login.count_try": "counters of its own: tests/users/test_login_lock.py",
    "users.operations.login.forget_try": "counters of its own: tests/users/test_login_lock.py",
    "users.operations.sessions.end_sessions": "part of what its caller locks",
}


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

    assert not missing, f"Say in LOCKS of {__name__} which rows these lock, or in NOTHING why none: {sorted(missing)}"
    assert not gone, f"No longer an operation, in LOCKS or NOTHING of {__name__}: {sorted(gone)}"


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
