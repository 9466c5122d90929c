"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from datetime import timedelta

from django.utils import timezone

from habilitations.holdings import carried
from habilitations.models import Attachment
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from users.models import User

LOCKS = {
    "habilitations.operations.attachments.attach": (
        {User, Structure},
        lambda rows: {"user_id": rows.user.pk, "structure_id": rows.structure.pk, "by": None},
    ),
    "habilitations.operations.absences.declare_absence": (
        {User},
        lambda rows: {
            "absent_from": timezone.now(),
            "absent_until": timezone.now() + timedelta(days=1),
            "by": rows.user,
        },
    ),
    "habilitations.operations.absences.end_absence": ({User}, lambda rows: {"by": rows.user}),
    "habilitations.operations.attachments.attach_person": (
        {User, Structure},
        lambda rows: {"email": rows.user.email, "structure_ids": [rows.structure.pk], "by": rows.manager},
    ),
    "habilitations.operations.attachments.plan_end": (
        {Structure, Attachment},
        lambda rows: {
            "attachment": rows.attachment,
            "ends_at": timezone.now() + timedelta(days=1),
            "by": rows.manager,
        },
    ),
    "habilitations.operations.attachments.detach": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "ends_at": None, "reason": "", "by": rows.manager},
    ),
    "habilitations.operations.attachments.end_attachment": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "by": None},
    ),
    "habilitations.operations.closing.close": (
        {Structure, Service},
        lambda rows: {"service_id": rows.service.pk, "by": rows.manager},
    ),
    "habilitations.operations.bank_accounts.add_bank_account": (
        {Structure},
        lambda rows: {
            "structure_id": rows.structure.pk,
            "label": "Compte",
            "holder": "BANQUE",
            "iban": "FR7630006000011234567890189",
            "by": rows.manager,
        },
    ),
    "habilitations.operations.proposals.propose": (
        {User},
        lambda rows: {
            "identifier": "90000001900019",
            "legal_name": "COMMUNE",
            "legal_status": "Commune",
            "address": "1 rue",
            "postal_code": "75001",
            "city": "Paris",
            "by": rows.user,
        },
    ),
    "habilitations.operations.newcomers.set_newcomers": (
        {Structure, Attachment},
        lambda rows: {
            "structure_id": rows.structure.pk,
            "newcomers_validate": False,
            "take_back": True,
            "by": rows.manager,
        },
    ),
    "habilitations.operations.structures.found_structure": (
        {User},
        lambda rows: {
            "identifier_type": "TAHITI",
            "identifier": "T12345678",
            "sector": "PRIVEE",
            "legal_name": "ATELIER",
            "by": rows.user,
        },
    ),
    "habilitations.operations.principal_manager.appoint": (
        {User, Structure},
        lambda rows: {"user_id": rows.user.pk, "structure_id": rows.structure.pk, "by": None},
    ),
    "habilitations.operations.profiles.grant": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "profiles": {Profile.FACTURATION_VALIDATION}, "by": None},
    ),
    "habilitations.operations.profiles.change": (
        {Structure, Attachment},
        lambda rows: {
            "attachment": rows.attachment,
            "profiles": [],
            "seen": carried([rows.attachment])[rows.attachment.pk],
            "by": rows.manager,
        },
    ),
    "habilitations.operations.profiles.give_up": (
        {Structure, Attachment},
        lambda rows: {
            "attachment": rows.attachment,
            "profile": Profile.CESSION_MODIFICATION,
            "by": rows.attachment.user,
        },
    ),
    "habilitations.operations.requests.ask_attachment": (
        {User, Structure},
        lambda rows: {"structure_id": rows.structure.pk, "by": rows.user},
    ),
    "habilitations.operations.requests.ask_profiles": (
        {Structure, Attachment},  # and who asks, here the manager
        lambda rows: {
            "attachment_id": rows.attachment.pk,
            "profiles": {Profile.FACTURATION_VALIDATION},
            "by": rows.manager,
        },
    ),
}
NOTHING = {
    **dict.fromkeys(
        [f"habilitations.operations.bank_accounts.{verb}_bank_account" for verb in ("change", "remove")],
        "as add_bank_account, of one that there is: tests/habilitations/test_bank_accounts.py",
    ),
    "habilitations.operations.bank_accounts.copy_bank_accounts": "part of what its caller locks",
    **dict.fromkeys(
        [f"habilitations.operations.proposals.{verb}_proposal" for verb in ("withdraw", "accept", "refuse")],
        "needs a proposal: tests/habilitations/test_proposals.py",
    ),
    "habilitations.operations.proposals.forget_proposals": "part of what its caller locks",
    "habilitations.operations.renumbering.change_identifier": "as closing: test_change_identifier.py",
    "habilitations.operations.structures.deactivate_structure": "as decisions: test_manage_structure.py",
    "habilitations.operations.absences.forget_absences": "part of what its caller locks",
    **dict.fromkeys(
        [f"habilitations.operations.invitations.{verb}" for verb in ("resend", "cancel", "accept", "decline")],
        "needs an invitation: tests/habilitations/test_attach_person.py",
    ),
    "habilitations.operations.invitations.invite": "part of what its caller locks",
    "habilitations.operations.invitations.forget_invitations": "part of what its caller locks",
    "habilitations.operations.attachments.end_as_planned": "as end_attachment, once its end is reached",
    "habilitations.operations.requests.forget_requests": "part of what its caller locks",
    "habilitations.operations.requests.withdraw": "as decisions: tests/habilitations/test_decisions.py",
    "habilitations.operations.requests.expire": "as decisions: tests/habilitations/test_decisions.py",
    "habilitations.operations.decisions.approve": "needs a request: tests/habilitations/test_decisions.py",
    "habilitations.operations.decisions.approve_many": "needs a request: tests/habilitations/test_decisions.py",
    "habilitations.operations.decisions.refuse": "needs a request: tests/habilitations/test_decisions.py",
    "habilitations.operations.decisions.refuse_many": "needs a request: tests/habilitations/test_decisions.py",
    "habilitations.operations.decisions.undo": "needs a request: tests/habilitations/test_decisions.py",
}
