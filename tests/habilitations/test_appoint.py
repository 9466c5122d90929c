"""Appointing the GP of a structure that has none: the identity and the rights, together."""

from functools import partial

import pytest

from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment, StructureHabilitation
from habilitations.operations.attachments import attach
from habilitations.operations.principal_manager import PrincipalManagerRefused, appoint
from structures.profiles import ORGANISATION_PROFILES, defaults
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.operators import make_staff
from tests.support.people import make_gp
from tests.support.races import race
from users.models import AccountState


@pytest.fixture
def structure(db):
    return StructureFactory()


@pytest.fixture
def person(db):
    return UserFactory()


def profiles_of(user, structure):
    rows = StructureHabilitation.objects.filter(user=user, content_object=structure)
    return set(rows.values_list("permission__codename", flat=True))


def test_a_person_becomes_the_gp_with_an_attachment_and_every_right_to_act(structure, person, now):
    operator = make_staff("administrateur")

    appoint(structure_id=structure.pk, user_id=person.pk, by=operator, at=now)

    structure.refresh_from_db()
    [attachment] = person.attachments.all()
    assert structure.principal_manager == person
    assert (attachment.structure, attachment.service, attachment.ends_at) == (structure, None, None)
    assert (attachment.started_at, attachment.started_by) == (now, operator)
    assert profiles_of(person, structure) == defaults(is_public=True) | ORGANISATION_PROFILES
    assert all(person.has_perm(profile, structure) for profile in ORGANISATION_PROFILES)


def test_the_journal_tells_the_appointment_and_what_it_brought(structure, person, now):
    operator = make_staff("administrateur")

    appoint(structure_id=structure.pk, user_id=person.pk, by=operator, at=now)

    events = Event.objects.about(person)
    assert [event.kind for event in events] == [
        "attachment.opened",
        "profiles.granted",
        "profiles.granted",
        "principal_manager.appointed",
    ]
    assert {(event.actor_id, event.scope_id, event.at) for event in events} == {
        (operator.public_id, structure.public_id, now)
    }
    granted = [set(event.details["profiles"]) for event in events if event.kind == "profiles.granted"]
    assert granted == [defaults(is_public=True), ORGANISATION_PROFILES - defaults(is_public=True)]


@pytest.mark.parametrize("role", ["support", "auditeur", None])
def test_an_operator_who_may_not_is_refused_after_the_lock_too(structure, person, now, role):
    operator = make_staff(role) if role else UserFactory(is_staff=True)

    with pytest.raises(PrincipalManagerRefused, match="revient aux exploitants"):
        appoint(structure_id=structure.pk, user_id=person.pk, by=operator, at=now)

    assert not person.attachments.exists()


def test_an_operator_does_not_appoint_themselves(structure, now):
    """A role gives no right in the portal."""
    operator = make_staff("administrateur")

    with pytest.raises(PrincipalManagerRefused, match="^Un exploitant ne se désigne pas lui-même"):
        appoint(structure_id=structure.pk, user_id=operator.pk, by=operator, at=now)

    assert not operator.attachments.exists()


def test_the_platform_appoints_in_nobodys_name(structure, person, now):
    appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)

    assert set(Event.objects.values_list("actor_id", flat=True)) == {None}
    assert set(StructureHabilitation.objects.values_list("granted_by", flat=True)) == {None}


def test_whoever_works_there_keeps_their_attachment_and_gains_what_they_lacked(structure, person, now):
    attachment = attach(user_id=person.pk, structure_id=structure.pk, by=None, at=LONG_AGO)
    earlier = set(StructureHabilitation.objects.values_list("pk", flat=True))

    appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)

    gained = StructureHabilitation.objects.exclude(pk__in=earlier)
    assert list(person.attachments.all()) == [attachment]
    assert {row.permission.codename for row in gained} == ORGANISATION_PROFILES - defaults(is_public=True)
    assert {row.granted_at for row in gained} == {now}
    assert StructureHabilitation.objects.filter(pk__in=earlier).count() == len(earlier)


def test_a_planned_end_is_lifted_and_told(structure, person, now):
    attachment = attach(user_id=person.pk, structure_id=structure.pk, by=None, at=LONG_AGO)
    Attachment.objects.filter(pk=attachment.pk).update(ends_at=now.replace(year=2027))

    appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)

    attachment.refresh_from_db()
    [event] = Event.objects.about(person).filter(kind="attachment.prolonged")
    assert attachment.ends_at is None
    assert (event.scope_id, event.at, event.details) == (structure.public_id, now, {})


def test_whoever_works_for_one_service_is_attached_to_the_whole_structure_too(structure, person, now):
    service = ServiceFactory(structure=structure)
    attach(user_id=person.pk, structure_id=structure.pk, service_id=service.pk, by=None, at=LONG_AGO)

    appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)

    assert set(person.attachments.values_list("service", flat=True)) == {service.pk, None}
    assert ORGANISATION_PROFILES <= profiles_of(person, structure)


def test_a_structure_has_one_gp_only(structure, person, now):
    gp = make_gp(structure)

    with pytest.raises(PrincipalManagerRefused, match="^Cette structure a déjà un gestionnaire principal.$"):
        appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)

    structure.refresh_from_db()
    assert structure.principal_manager == gp
    assert not person.attachments.exists()
    assert not Event.objects.about(person).exists()


def test_appointing_the_same_person_again_changes_nothing(structure, now):
    gp = make_gp(structure)
    before = (Event.objects.count(), Attachment.objects.count(), StructureHabilitation.objects.count())

    with pytest.raises(PrincipalManagerRefused):
        appoint(structure_id=structure.pk, user_id=gp.pk, by=None, at=now)

    assert (Event.objects.count(), Attachment.objects.count(), StructureHabilitation.objects.count()) == before


@pytest.mark.parametrize("asleep", ["account", "structure"])
def test_both_must_be_in_activity(db, now, asleep):
    person = UserFactory(state=AccountState.ACTIF if asleep != "account" else AccountState.SUSPENDU)
    structure = StructureFactory(is_active=asleep != "structure")

    with pytest.raises(PrincipalManagerRefused, match="^Ce compte ou cette structure n’est pas en activité.$"):
        appoint(structure_id=structure.pk, user_id=person.pk, by=None, at=now)

    structure.refresh_from_db()
    assert structure.principal_manager is None
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_appointments_at_once_make_one_gp(transactional_db, now, rounds):
    for _ in range(rounds):
        structure, people = StructureFactory(), UserFactory.create_batch(2)

        outcomes = race(
            *(partial(appoint, structure_id=structure.pk, user_id=person.pk, by=None, at=now) for person in people)
        )

        structure.refresh_from_db()
        [attachment] = structure.attachments.all()
        appointed = Event.objects.filter(kind="principal_manager.appointed", scope_id=structure.public_id)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "PrincipalManagerRefused"]
        assert structure.principal_manager == attachment.user == people[outcomes.index(None)]
        assert [event.subject_id for event in appointed] == [attachment.user.public_id]
        assert set(structure.habilitations.values_list("user", flat=True)) == {attachment.user_id}
