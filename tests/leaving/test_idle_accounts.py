"""Accounts that nobody uses (domain, 2.8): warned, suspended, warned again, erased; never without a warning."""

from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command

from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.operations.idle import erase, suspend_unused
from chorus_org.leaving.tasks import age_accounts
from habilitations.models import Attachment, StructureHabilitation
from structures.models import Structure
from tests.support.client import StrictClient
from tests.support.factories import UserFactory
from tests.support.pages import plain
from tests.support.people import make_gp, make_member
from tests.support.races import race
from users.models import AccountState, Link, LinkPurpose, Session, User
from users.operations.links import issue_link
from users.operations.second_factor.factors import add_application

DAY = timedelta(days=1)
EMAIL = "claire@example.org"


@pytest.fixture
def person(db, now):
    return UserFactory(
        email=EMAIL, contact_email="contact@example.org", phone="01 23 45 67 89", last_login=now, created_at=now
    )


# The nights on which something is due, those around them, and one in ten of the others
DUE = {30, 335, 365, 700, 730}
NIGHTS = sorted({*range(0, 800, 10), *(due + by for due in DUE for by in (-1, 0, 1))})


def live(start, days):
    """The nights of so many days that may tell something."""
    for night in sorted({*NIGHTS, days}):
        if night <= days:
            age_accounts(at=start + night * DAY)


def told(mails, *, since):
    return [((mail.created_at - since) / DAY, mail.kind.removeprefix("users/")) for mail in mails]


def test_an_account_that_nobody_uses_is_warned_suspended_warned_and_erased(person, mails, now):
    live(now, 740)

    assert told(mails, since=now) == [
        (335, "account_idle"),
        (365, "account_unused"),
        (700, "account_to_erase"),
        (730, "account_erased"),
    ]
    assert [mail.recipient for mail in mails] == [EMAIL] * 4
    kinds = Event.objects.about(person).values_list("kind", flat=True)
    assert list(kinds) == ["account.unused", "account.erased"]


def test_the_mails_say_the_day_and_what_to_do(person, mails, now):
    live(now, 730)

    idle, unused, to_erase, erased = [plain(mail.text) for mail in mails]
    assert "sera suspendu le 25/11/2027" in idle
    assert "/comptes/login/" in idle
    assert "effacées le 24/11/2028" in unused
    assert "/comptes/retour/" in unused
    assert "Le 24/11/2028, vos données" in to_erase
    assert "/comptes/retour/" in to_erase
    assert "historique des décisions est conservé sans votre nom" in erased


def test_logging_in_puts_everything_off(person, mails, now):
    live(now, 340)
    User.objects.filter(pk=person.pk).update(last_login=now + 340 * DAY)

    live(now, 340 + 334)

    person.refresh_from_db()
    assert person.is_active
    assert [mail.kind for mail in mails] == ["users/account_idle"]
    age_accounts(at=now + (340 + 335) * DAY)
    assert len(mails) == 2


def test_who_comes_back_counts_from_that_day(person, now):
    live(now, 365)
    person.refresh_from_db()
    person.enter(AccountState.ACTIF, at=now + 370 * DAY)

    live(now + 370 * DAY, 364)

    person.refresh_from_db()
    assert person.is_active


@pytest.mark.parametrize(("start", "state"), [(365, AccountState.ACTIF), (730, AccountState.INUTILISE)])
def test_nobody_is_suspended_nor_erased_without_a_month_of_warning(person, now, start, state):
    """The platform did not run for a year: the warning comes late, and so does what follows."""
    if state == AccountState.INUTILISE:
        person.enter(state, at=now + 365 * DAY)

    live(now + start * DAY, 29)
    person.refresh_from_db()
    assert person.state == state

    age_accounts(at=now + (start + 30) * DAY)
    person.refresh_from_db()
    assert person.state != state


@pytest.mark.parametrize("state", [AccountState.SUSPENDU, AccountState.A_ACTIVER, AccountState.ANONYMISE])
def test_what_is_not_the_owners_to_use_is_left_alone(person, mails, now, state):
    person.enter(state, at=now)

    live(now, 740)

    person.refresh_from_db()
    assert (person.state, len(mails)) == (state, 0)


def test_a_closed_account_is_warned_at_23_months_and_erased_at_24(person, mails, now):
    person.enter(AccountState.DESACTIVE, at=now)

    live(now, 730)

    assert told(mails, since=now) == [(700, "account_to_erase"), (730, "account_erased")]
    assert "support du portail" in plain(mails.to(EMAIL)[0].text)


def test_an_erasure_asked_for_comes_after_30_days_without_more_ado(person, mails, now):
    person.enter(AccountState.DESACTIVE, at=now)
    User.objects.filter(pk=person.pk).update(erasure_asked_at=now)

    live(now, 30)

    assert told(mails, since=now) == [(30, "account_erased")]


class TestErasure:
    @pytest.fixture
    def erased(self, db, now, world):
        user = make_gp(world.structure)
        User.objects.filter(pk=user.pk).update(
            email=EMAIL,
            phone="01 23 45 67 89",
            work_address="1 rue des Lilas",
            contact_email="contact@example.org",
            erasure_asked_at=now - 30 * DAY,
        )
        user.refresh_from_db()
        add_application(user_id=user.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)
        issue_link(user=user, purpose=LinkPurpose.CANCEL, at=now)
        StrictClient().force_login(user)
        User.objects.filter(pk=user.pk).update(state=AccountState.DESACTIVE)
        erase(user_id=user.pk, at=now)
        user.refresh_from_db()
        return user

    def test_nothing_says_who_it_was(self, erased):
        row = User.objects.values().get(pk=erased.pk)
        kept = {"id", "public_id", "created_at", "last_login", "state", "state_since", "password", "is_superuser"}
        told = {name: value for name, value in row.items() if name not in kept and value}
        anonymous = f"{erased.public_id}@anonyme.invalid"

        assert told == {
            "email": anonymous,
            "contact_email": anonymous,
            "first_name": "Compte",
            "last_name": "anonymisé",
        }
        assert not erased.has_usable_password()
        assert not Authenticator.objects.filter(user=erased).exists()
        assert not Link.objects.filter(user=erased).exists()
        assert not Session.objects.filter(user=erased).exists()

    def test_attachments_and_rights_end_and_the_structure_waits_for_a_manager(self, erased, world, now):
        world.structure.refresh_from_db()
        [attachment] = Attachment.objects.filter(user=erased)

        assert world.structure.principal_manager is None
        assert (attachment.ended_at, attachment.ended_by) == (now, None)
        assert not StructureHabilitation.objects.filter(user=erased).exists()
        call_command("check_habilitations")

    def test_the_journal_keeps_what_was_decided(self, erased, now):
        kinds = set(Event.objects.filter(subject_id=erased.public_id, at=now).values_list("kind", flat=True))

        assert {"principal_manager.gone", "attachment.ended", "profiles.revoked", "account.erased"} <= kinds

    def test_the_history_of_the_structure_tells_that_its_manager_is_gone(self, erased, world):
        [event] = Event.objects.filter(kind="principal_manager.gone")

        assert (event.scope_id, event.actor_id, event.details) == (world.structure.public_id, None, {})

    def test_the_address_may_open_another_account(self, erased):
        assert UserFactory(email=EMAIL).pk != erased.pk


def test_rights_on_a_service_end_with_its_attachment(world, now):
    person = world.person("service_member")
    person.enter(AccountState.DESACTIVE, at=now - 30 * DAY)
    User.objects.filter(pk=person.pk).update(erasure_asked_at=now - 30 * DAY)

    age_accounts(at=now)

    assert not person.servicehabilitations.exists()
    call_command("check_habilitations")


def test_a_structure_with_another_manager_keeps_them(world, now):
    manager, person = make_gp(world.structure), make_member(world.structure)
    person.enter(AccountState.DESACTIVE, at=now - 30 * DAY)
    User.objects.filter(pk=person.pk).update(erasure_asked_at=now - 30 * DAY)

    age_accounts(at=now)

    assert Structure.objects.get(pk=world.structure.pk).principal_manager == manager
    assert Attachment.objects.live(now).filter(user=manager).exists()


def test_a_session_left_open_ends_with_the_suspension(person, now):
    client = StrictClient()
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(last_login=now - 365 * DAY, created_at=now - 365 * DAY)
    User.objects.filter(pk=person.pk).update(warned_at=now - 30 * DAY)

    suspend_unused(user_id=person.pk, at=now)

    assert client.get("/mon-compte/").status_code == 302
    assert not Session.objects.filter(user=person).exists()


def test_two_workers_at_once_erase_once(transactional_db, mails, now):
    person = UserFactory(state=AccountState.DESACTIVE, state_since=now - 30 * DAY, erasure_asked_at=now - 30 * DAY)

    outcomes = race(*[partial(erase, user_id=person.pk, at=now)] * 2)

    assert outcomes == [None, None]
    assert len(mails) == 1
    assert Event.objects.filter(kind="account.erased").count() == 1
