"""The journal cannot be edited, belongs to the transaction that decided, and names nobody."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from chorus_org.demo import world as demo
from chorus_org.information.operations import answer_ticket, close_ticket, open_ticket, write_news
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import resend_mail
from chorus_org.leaving.operations.closing import close_account, erase_account
from chorus_org.leaving.operations.idle import suspend_unused
from chorus_org.leaving.operations.personal_data import take_data
from chorus_org.leaving.operations.returns import come_back
from chorus_org.operators.operations.lifecycle import reopen_account, suspend_account
from chorus_org.operators.operations.recovery import ask_factors_reset, drop_recovery, recover
from chorus_org.operators.roles import Role
from habilitations.enums import RefusalReason
from habilitations.models import ApprovalRequest, Invitation
from habilitations.operations.absences import declare_absence, end_absence
from habilitations.operations.attachments import attach, attach_person, plan_end
from habilitations.operations.bank_accounts import add_bank_account, change_bank_account, remove_bank_account
from habilitations.operations.decisions import approve, refuse, undo
from habilitations.operations.invitations import accept, cancel, decline
from habilitations.operations.newcomers import set_newcomers
from habilitations.operations.principal_manager import appoint
from habilitations.operations.proposals import accept_proposal, propose, refuse_proposal, withdraw_proposal
from habilitations.operations.renumbering import change_identifier
from habilitations.operations.requests import ask_attachment, expire, withdraw
from habilitations.operations.structures import deactivate_structure
from services.models import Service
from services.operations import change_service, close_service, create_service, delete_service, reopen_service
from structures.models import Structure
from structures.operations import activate_structure, change_structure
from structures.profiles import Profile
from tests.support.factories import PASSWORD, StructureFactory, UserFactory, another_siret, siret
from tests.support.operators import make_groups, make_staff
from users.models import AccountState, LinkPurpose, User
from users.operations.addresses import cancel_address, change_address
from users.operations.details import DETAILS, change_details, confirm_contact
from users.operations.links import issue_link
from users.operations.passwords import activate, change_password
from users.operations.proconnect import link_identity, unlink_identity
from users.operations.second_factor.factors import (
    add_application,
    make_recovery_codes,
    remove_application,
    spend_recovery_code,
)
from users.operations.sessions import close_other_sessions


@pytest.fixture
def event(db, now):
    return Event.objects.record(Kind.ACCOUNT_SUSPENDED, by=None, subject=UserFactory(), at=now)


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


EDITS = {
    "raw UPDATE": ("UPDATE", lambda event: execute("UPDATE journal_event SET at = now()")),
    "raw DELETE": ("DELETE", lambda event: execute("DELETE FROM journal_event")),
    "raw TRUNCATE": ("TRUNCATE", lambda event: execute("TRUNCATE journal_event")),
    "raw TRUNCATE of several": (
        "TRUNCATE",
        lambda event: execute("TRUNCATE users_logincounter, journal_event CASCADE"),
    ),
    "queryset.update": ("UPDATE", lambda event: Event.objects.filter(pk=event.pk).update(details={})),
    "queryset.delete": ("DELETE", lambda event: Event.objects.all().delete()),
    "bulk_update": ("UPDATE", lambda event: Event.objects.bulk_update([event], ["kind"])),
    "save": ("UPDATE", lambda event: event.save()),
    "delete": ("DELETE", lambda event: event.delete()),
}


@pytest.mark.parametrize("way", EDITS)
def test_an_event_is_neither_changed_nor_removed(event, way):
    verb, edit = EDITS[way]
    before = list(Event.objects.values())

    with pytest.raises(IntegrityError, match=f"The journal is append-only: {verb} refused"), transaction.atomic():
        edit(event)

    assert list(Event.objects.values()) == before
    assert len(before) == 1


def test_the_flush_between_tests_empties_it_and_nothing_else_may(transactional_db, now):
    Event.objects.record(Kind.ACCOUNT_SUSPENDED, by=None, subject=UserFactory(), at=now)

    call_command("flush", interactive=False, verbosity=0)

    assert not Event.objects.exists()
    with pytest.raises(IntegrityError, match="TRUNCATE refused"):
        execute("TRUNCATE journal_event")


def test_an_event_vanishes_with_the_operation_that_is_rolled_back(db, now):
    person = UserFactory()

    with transaction.atomic():
        suspend_account(user_id=person.pk, by=None, at=now)
        told = Event.objects.about(person).count()
        transaction.set_rollback(True)

    person.refresh_from_db()
    assert (told, person.is_active) == (1, True)
    assert not Event.objects.exists()


def test_an_event_outlives_what_it_speaks_of(db, now):
    person, actor = UserFactory(), UserFactory()
    event = Event.objects.record(Kind.ACCOUNT_SUSPENDED, by=actor, subject=person, scope=person, at=now)

    User.objects.all().delete()

    event.refresh_from_db()
    assert (event.subject_id, event.scope_id, event.actor_id) == (person.public_id, person.public_id, actor.public_id)


def test_an_event_tells_its_moment_in_paris(event):
    assert str(event) == "25/11/2026 10:30 compte suspendu"


def test_the_events_of_one_object_are_read_oldest_first(db, now):
    person, other = UserFactory(), UserFactory()
    moments = [now, now - timedelta(days=1), now]
    made = [Event.objects.record(Kind.ACCOUNT_SUSPENDED, by=None, subject=person, at=at) for at in moments]
    Event.objects.record(Kind.ACCOUNT_SUSPENDED, by=None, subject=other, at=now)

    assert list(Event.objects.about(person)) == [made[1], made[0], made[2]]


def live(user, now):
    """All that a person may do with an account of their own, and an operator with a mail."""

    def key(purpose, email=""):
        return issue_link(user=user, purpose=purpose, email=email, at=now)

    activate(key=key(LinkPurpose.ACTIVATION), password=PASSWORD, at=now)
    change_password(user_id=user.pk, password=PASSWORD, at=now)
    change_details(by=user, phone="01 23 45 67 89", contact_email="contact@example.org", at=now)
    confirm_contact(key=key(LinkPurpose.CONTACT, "contact@example.org"), at=now)
    add_application(user_id=user.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    ask_factors_reset(user_id=user.pk, by=None, at=now)
    drop_recovery(user_id=user.pk, by=None, at=now)
    ask_factors_reset(user_id=user.pk, by=None, at=now)
    recover(user_id=user.pk, at=now + timedelta(hours=72))
    add_application(user_id=user.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
    [code, *_] = make_recovery_codes(user_id=user.pk, at=now)
    spend_recovery_code(user_id=user.pk, code=code, at=now)
    remove_application(user_id=user.pk, session="", at=now)
    close_other_sessions(key="", by=user, at=now)
    former = user.email
    change_address(key=key(LinkPurpose.ADDRESS, "nouvelle@example.org"), at=now)
    cancel_address(key=key(LinkPurpose.CANCEL, former), at=now)
    user.refresh_from_db()
    link_identity(by=user, issuer="https://example.org", subject="agent", siret="21750001600019", at=now)
    unlink_identity(by=user, at=now)
    close_account(by=user, erase=True, at=now)
    come_back(key=key(LinkPurpose.RETURN), at=now)
    take_data(by=user, at=now)
    mail = Mail.objects.first()
    Mail.objects.filter(pk=mail.pk).update(due_at=None, failed_at=now)
    ProcrastinateJob.objects.all()._raw_delete("default")
    resend_mail(mail_id=mail.pk, by=None, at=now)


def decide(structure, gp, now):
    """All that is done with requests."""

    def asked():
        return ask_attachment(structure_id=structure.pk, by=UserFactory(), comment="Je suis Claire", at=now).pk

    approve(request_id=(approved := asked()), by=gp, at=now)
    undo(request_id=approved, by=gp, at=now)
    refuse(request_id=asked(), reason_code=RefusalReason.OTHER, reason_text="Claire est partie", by=gp, at=now)
    waiting = ApprovalRequest.objects.get(pk=asked())
    withdraw(request_id=waiting.pk, by=waiting.requester, at=now)
    expire(request_id=asked(), at=now + timedelta(days=60))


def invite_people(structure, gp, now):
    """All that is done with invitations and attachments."""

    def invited(name):
        attach_person(email=f"{name}@example.org", structure_ids=[structure.pk], by=gp, at=now)
        return Invitation.objects.get(email=f"{name}@example.org").pk

    attachment = accept(invitation_id=invited("oui"), by=UserFactory(email="oui@example.org"), at=now)
    decline(invitation_id=invited("non"), by=UserFactory(email="non@example.org"), at=now)
    cancel(invitation_id=invited("jamais"), by=gp, at=now)
    dates = {"FERME": now - timedelta(days=1), "FUTUR": now + timedelta(days=1)}
    closed, future = (
        create_service(structure_id=structure.pk, code=code, label=code, active_from=start, by=gp, at=now)
        for code, start in dates.items()
    )
    change_service(
        service_id=future.pk,
        label="Claire",
        description="",
        active_from=future.active_from,
        active_until=None,
        engagement_required=False,
        by=gp,
        at=now,
    )
    close_service(service_id=closed.pk, by=gp, at=now)
    reopen_service(service_id=closed.pk, by=gp, at=now)
    delete_service(service_id=future.pk, by=gp, at=now)
    change_structure(structure_id=structure.pk, city="Lyon", by=gp, at=now)
    deactivate_structure(structure_id=structure.pk, by=gp, at=now)
    activate_structure(structure_id=structure.pk, by=gp, at=now)
    for allowed in (False, True):
        set_newcomers(structure_id=structure.pk, newcomers_validate=allowed, take_back=False, by=gp, at=now)
    away = {"absent_from": now, "absent_until": now + timedelta(days=1)}
    declare_absence(**away, by=attachment.user, at=now)
    end_absence(by=attachment.user, at=now)
    plan_end(attachment=attachment, ends_at=now + timedelta(days=1), reason="Claire part", by=gp, at=now)
    answer_proposals(attachment.user, now)
    write_and_answer(attachment.user, now)
    told = {"label": "Claire", "holder": "Claire", "iban": "FR7630006000011234567890189", "by": gp, "at": now}
    account = add_bank_account(structure_id=structure.pk, **told)
    change_bank_account(account_id=account.pk, **told | {"label": "Vasseur"})
    remove_bank_account(account_id=account.pk, by=gp, at=now)
    change_identifier(structure_id=structure.pk, identifier=another_siret(structure), by=gp, at=now)


def write_and_answer(person, now):
    """A piece of news, and a question with its answer and its end."""
    operator = make_staff("support")
    write_news(news=None, by=operator, at=now, title="Claire", summary="Vasseur", text="Claire", published_from=now)
    told = {
        "email": "claire@example.org",
        "subject": "Claire",
        "message": "Vasseur",
        "page": "",
        "address": "192.0.2.1",
    }
    ticket = open_ticket(**told, by=person, at=now)
    answer_ticket(ticket_id=ticket.pk, text="Claire", by=operator, at=now)
    close_ticket(ticket_id=ticket.pk, by=operator, at=now)


def answer_proposals(person, now):
    """Ask three times for a public structure: taken back, refused, created."""
    asked = {
        "legal_name": "Claire",
        "legal_status": "Commune",
        "address": "1 rue",
        "postal_code": "75001",
        "city": "Paris",
    }
    operator = make_staff("administrateur")
    for number, answer in enumerate(("withdraw", "refuse", "accept")):
        proposal = propose(identifier=siret(888_880 + number), **asked, by=person, at=now)
        if answer == "withdraw":
            withdraw_proposal(proposal_id=proposal.pk, by=person, at=now)
        elif answer == "refuse":
            refuse_proposal(proposal_id=proposal.pk, reason_text="Claire n’y est pas", by=operator, at=now)
        else:
            accept_proposal(proposal_id=proposal.pk, by=operator, at=now)


def test_the_events_of_every_operation_hold_no_name_and_no_address(db, now):
    make_groups()
    demo.make(at=now)
    reopen_account(user_id=User.objects.get(state=AccountState.SUSPENDU).pk, by=None, at=now)
    person, structure = UserFactory(), StructureFactory()
    attach(user_id=person.pk, structure_id=structure.pk, by=None, at=now)
    person.attachments.update(ends_at=now + timedelta(days=1))
    appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)
    live(UserFactory(state=AccountState.A_ACTIVER), now)
    decide(structure, person, now)
    invite_people(structure, person, now)
    User.objects.filter(pk=person.pk).update(warned_at=now, last_login=now)
    suspend_unused(user_id=person.pk, at=now + timedelta(days=365))
    erase_account(user_id=person.pk, at=now + timedelta(days=365))

    events = list(Event.objects.values())
    told = " ".join(
        str(leaf) for leaf in leaves(events) if not isinstance(leaf, int)
    )  # a number of ours is no postcode
    assert {event["kind"] for event in events} == set(Kind)
    assert [name for name in names_and_addresses() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", told)] == []
    assert {value for event in events for value in leaves(event["details"]) if not is_public(value)} == set()


def names_and_addresses():
    """All that says who someone is or where they are found."""
    found = {
        text for row in User.objects.values_list("email", "contact_email", "first_name", "last_name") for text in row
    }
    fields = ("identifier", "legal_name", "address", "postal_code", "city", "email")
    found |= {text for row in Structure.objects.values_list(*fields) for text in row}
    found |= {text for row in Service.objects.values_list("code", "label", "description") for text in row}
    return {text for text in found if text}


def leaves(value):
    if isinstance(value, dict):
        return [leaf for child in value.values() for leaf in leaves(child)]
    if isinstance(value, list):
        return [leaf for child in value for leaf in leaves(child)]
    return [value]


def is_public(value):
    """Whether it is nothing, a figure, the name of a profile, a role, a field or a factor, or a public id."""
    fields = {field.name for model in (Service, Structure) for field in model._meta.fields}
    names = {*fields, *RefusalReason.values, *Profile.values, *Role.values, *DETAILS, *Authenticator.Type.values}
    if value is None or isinstance(value, (bool, int)) or value in names:
        return True
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
