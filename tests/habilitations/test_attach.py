"""Attaching a person to a structure or to one of its services, with the profiles that an attachment brings."""

from datetime import timedelta
from functools import partial

import pytest

from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from habilitations.operations.attachments import AttachmentRefused, attach, end_attachment
from structures.profiles import Profile, defaults
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.people import make_gp
from tests.support.races import race
from users.models import AccountState

ALREADY = "Cet utilisateur est déjà rattaché à cette structure."


@pytest.fixture
def structure(db):
    return StructureFactory()


@pytest.fixture
def person(db):
    return UserFactory()


def test_a_person_is_attached_to_a_structure_with_the_default_profiles(structure, person, now):
    gp = make_gp(structure)

    attachment = attach(user_id=person.pk, structure_id=structure.pk, by=gp, at=now)

    [found] = person.attachments.all()
    rows = StructureHabilitation.objects.filter(user=person)
    assert found == attachment
    assert (found.structure, found.service, found.started_at, found.started_by) == (structure, None, now, gp)
    assert (found.ends_at, found.ended_at) == (None, None)
    assert {row.permission.codename for row in rows} == defaults(is_public=True)
    assert {(row.content_object, row.granted_at, row.granted_by) for row in rows} == {(structure, now, gp)}
    assert not ServiceHabilitation.objects.exists()


def test_the_journal_tells_the_attachment_then_the_profiles(structure, person, now):
    gp = make_gp(structure)

    attach(user_id=person.pk, structure_id=structure.pk, by=gp, at=now)

    opened, granted = Event.objects.about(person)
    assert (opened.kind, opened.details) == ("attachment.opened", {"service": None})
    assert (granted.kind, granted.details["service"]) == ("profiles.granted", None)
    assert granted.details["profiles"] == sorted(defaults(is_public=True))
    for event in (opened, granted):
        assert (event.actor_id, event.scope_id, event.at) == (gp.public_id, structure.public_id, now)


def test_an_attachment_lets_accept_others_but_modifies_no_organisation(structure, person, now):
    attach(user_id=person.pk, structure_id=structure.pk, by=None, at=now)

    missing = {Profile.ORGANISATION_MODIFICATION, Profile.FACTURATION_VALIDATION}
    assert {profile for profile in Profile if not person.has_perm(profile, structure)} == missing


def test_a_private_structure_gives_no_profile_of_public_entities(person, now):
    private = StructureFactory(private=True)

    attach(user_id=person.pk, structure_id=private.pk, by=None, at=now)

    held = set(StructureHabilitation.objects.values_list("permission__codename", flat=True))
    assert defaults(is_public=True) - held == {Profile.ENGAGEMENT_CONSULTATION, Profile.ENGAGEMENT_MODIFICATION}


def test_a_person_is_attached_to_one_service_and_holds_nothing_on_the_structure(structure, person, now):
    service = ServiceFactory(structure=structure)

    attachment = attach(user_id=person.pk, structure_id=structure.pk, service_id=service.pk, by=None, at=now)

    rows = ServiceHabilitation.objects.filter(user=person)
    events = Event.objects.about(person)
    assert (attachment.structure, attachment.service) == (structure, service)
    assert {row.content_object for row in rows} == {service}
    assert {row.permission.codename for row in rows} == defaults(is_public=True)
    assert not StructureHabilitation.objects.exists()
    assert [event.details["service"] for event in events] == [str(service.public_id)] * 2
    assert [event.scope_id for event in events] == [structure.public_id] * 2


def test_a_person_may_be_attached_to_the_structure_and_to_its_services(structure, person, now):
    services = ServiceFactory.create_batch(2, structure=structure)

    for service_id in (None, *(service.pk for service in services)):
        attach(user_id=person.pk, structure_id=structure.pk, service_id=service_id, by=None, at=now)

    assert person.attachments.count() == 3


@pytest.mark.parametrize("level", ["structure", "service"])
def test_nobody_is_attached_twice_at_one_level(structure, person, now, level):
    service_id = ServiceFactory(structure=structure).pk if level == "service" else None
    attach(user_id=person.pk, structure_id=structure.pk, service_id=service_id, by=None, at=LONG_AGO)
    before = Event.objects.count()

    with pytest.raises(AttachmentRefused, match=f"^{ALREADY}$") as refused:
        attach(user_id=person.pk, structure_id=structure.pk, service_id=service_id, by=None, at=now)

    assert refused.value.field == "email"
    assert person.attachments.count() == 1
    assert Event.objects.count() == before


def test_who_left_may_come_back(structure, person, now):
    former = attach(user_id=person.pk, structure_id=structure.pk, by=None, at=LONG_AGO)
    StructureHabilitation.objects.all().delete()
    Attachment.objects.update(ended_at=LONG_AGO)

    attachment = attach(user_id=person.pk, structure_id=structure.pk, by=None, at=now)

    assert list(person.attachments.order_by("pk")) == [former, attachment]
    assert list(Attachment.objects.live(now)) == [attachment]


@pytest.mark.parametrize(
    ("asleep", "sentence"),
    [("user", "Ce compte n’est pas actif."), ("structure", "Cette structure n’est pas active.")],
)
def test_what_is_not_active_takes_no_attachment(db, now, asleep, sentence):
    person = UserFactory(state=AccountState.ACTIF if asleep != "user" else AccountState.SUSPENDU)
    structure = StructureFactory(is_active=asleep != "structure")

    with pytest.raises(AttachmentRefused, match=f"^{sentence}$") as refused:
        attach(user_id=person.pk, structure_id=structure.pk, by=None, at=now)

    assert refused.value.field == asleep
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("kind", ["elsewhere", "upcoming", "closed", "closing_now", "deleted", "unknown"])
def test_only_an_active_service_of_the_structure_takes_an_attachment(structure, person, now, kind):
    made = {
        "elsewhere": lambda: ServiceFactory().pk,
        "upcoming": lambda: ServiceFactory(structure=structure, upcoming=True).pk,
        "closed": lambda: ServiceFactory(structure=structure, closed=True).pk,
        "closing_now": lambda: ServiceFactory(structure=structure, active_until=now).pk,
        "deleted": lambda: ServiceFactory(structure=structure, deleted_at=LONG_AGO).pk,
        "unknown": lambda: 2**62,
    }

    with pytest.raises(AttachmentRefused, match="^Ce service n’est pas actif dans cette structure.$") as refused:
        attach(user_id=person.pk, structure_id=structure.pk, service_id=made[kind](), by=None, at=now)

    assert refused.value.field == "service"
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_attachments_at_once_make_one(transactional_db, now, rounds):
    for _ in range(rounds):
        structure, person = StructureFactory(), UserFactory()
        act = partial(attach, user_id=person.pk, structure_id=structure.pk, by=None, at=now)

        outcomes = race(act, act)

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Attachment", "AttachmentRefused"]
        assert person.attachments.count() == 1
        assert [event.kind for event in Event.objects.about(person)] == ["attachment.opened", "profiles.granted"]


def test_an_attachment_that_ended_does_not_end_again(structure, person, now):
    attachment = attach(user_id=person.pk, structure_id=structure.pk, by=None, at=LONG_AGO)
    end_attachment(attachment=attachment, by=person, at=LONG_AGO + timedelta(days=1))
    before = Event.objects.count()

    end_attachment(attachment=attachment, by=None, at=now)

    attachment.refresh_from_db()
    assert (attachment.ended_at, attachment.ended_by) == (LONG_AGO + timedelta(days=1), person)
    assert Event.objects.count() == before
