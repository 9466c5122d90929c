"""Granting profiles: rows that the attachment of their own level carries."""

from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from habilitations.operations.attachments import attach
from habilitations.operations.profiles import ProfilesRefused, grant
from structures.models import Structure
from structures.profiles import ORGANISATION_PROFILES, PUBLIC_ONLY, Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.people import make_gp
from tests.support.races import race

ASKED = {Profile.ORGANISATION_MODIFICATION, Profile.FACTURATION_VALIDATION}


@pytest.fixture
def structure(db):
    return StructureFactory()


@pytest.fixture
def attachment(structure):
    return attach(user_id=UserFactory().pk, structure_id=structure.pk, by=None, at=LONG_AGO)


def held_by(user, rows=StructureHabilitation):
    return set(rows.objects.filter(user=user).values_list("permission__codename", flat=True))


def test_the_gp_grants_profiles_on_the_structure(structure, attachment, now):
    gp = make_gp(structure)

    new = grant(attachment=attachment, profiles=ASKED, by=gp, at=now)

    rows = StructureHabilitation.objects.filter(user=attachment.user, granted_at=now)
    [event] = Event.objects.about(attachment.user).filter(at=now)
    assert new == ASKED
    assert {row.permission.codename for row in rows} == ASKED
    assert {(row.content_object, row.granted_by) for row in rows} == {(structure, gp)}
    assert event.kind == "profiles.granted"
    assert event.details == {"profiles": ["facturation_validation", "organisation_modification"], "service": None}
    assert (event.actor_id, event.scope_id) == (gp.public_id, structure.public_id)


def test_what_is_granted_on_a_service_stays_on_that_service(structure, now):
    service = ServiceFactory(structure=structure)
    person = UserFactory()
    attachment = attach(user_id=person.pk, structure_id=structure.pk, service_id=service.pk, by=None, at=LONG_AGO)

    grant(attachment=attachment, profiles=ASKED, by=None, at=now)

    [event] = Event.objects.about(person).filter(at=now)
    assert ASKED <= held_by(person, ServiceHabilitation)
    assert held_by(person) == set()
    assert (event.scope_id, event.details["service"]) == (structure.public_id, str(service.public_id))


def test_what_a_profile_implies_is_not_written(attachment, now):
    StructureHabilitation.objects.all().delete()

    grant(attachment=attachment, profiles={Profile.ORGANISATION_MODIFICATION}, by=None, at=now)

    assert held_by(attachment.user) == {Profile.ORGANISATION_MODIFICATION}
    assert all(attachment.user.has_perm(profile, attachment.structure) for profile in ORGANISATION_PROFILES)


def test_only_what_was_not_held_is_new(attachment, now):
    before = held_by(attachment.user)

    new = grant(attachment=attachment, profiles={*ASKED, Profile.FACTURATION_CONSULTATION}, by=None, at=now)

    [event] = Event.objects.about(attachment.user).filter(at=now)
    assert Profile.FACTURATION_CONSULTATION in before
    assert new == ASKED
    assert event.details["profiles"] == sorted(ASKED)
    assert held_by(attachment.user) == before | ASKED


@pytest.mark.parametrize("profiles", [set(), {Profile.FACTURATION_CONSULTATION}])
def test_granting_nothing_new_changes_nothing(attachment, now, profiles):
    before = (StructureHabilitation.objects.count(), Event.objects.count())

    new = grant(attachment=attachment, profiles=profiles, by=None, at=now)

    assert new == set()
    assert (StructureHabilitation.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize("span", [{"ended_at": LONG_AGO}, {"ends_at": "now"}, {"started_at": "later"}])
def test_an_attachment_that_is_not_in_force_carries_nothing(attachment, now, span):
    moments = {"now": now, "later": now.replace(year=2027)}
    Attachment.objects.update(**{field: moments.get(value, value) for field, value in span.items()})
    before = (held_by(attachment.user), Event.objects.count())

    with pytest.raises(ProfilesRefused, match="^Ce rattachement est terminé.$"):
        grant(attachment=attachment, profiles=ASKED, by=None, at=now)

    assert (held_by(attachment.user), Event.objects.count()) == before


@pytest.mark.parametrize("profile", sorted(PUBLIC_ONLY))
@pytest.mark.parametrize("level", ["structure", "service"])
def test_a_private_structure_has_no_profile_of_public_ones(db, now, profile, level):
    structure = StructureFactory(private=True)
    service = ServiceFactory(structure=structure) if level == "service" else None
    person = UserFactory()
    attachment = attach(
        user_id=person.pk, structure_id=structure.pk, service_id=service and service.pk, by=None, at=LONG_AGO
    )

    with pytest.raises(ProfilesRefused, match="réservés aux structures publiques"):
        grant(attachment=attachment, profiles={profile, *ASKED}, by=None, at=now)

    assert not Event.objects.about(person).filter(at=now).exists()


def test_one_profile_and_twenty_cost_the_same(attachment, now):
    StructureHabilitation.objects.all().delete()
    counts = []

    for profiles in ({Profile.ORGANISATION_CONSULTATION}, set(Profile)):
        with CaptureQueriesContext(connection) as queries:
            grant(attachment=attachment, profiles=profiles, by=None, at=now)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def end(attachment, at):
    """What every end of an attachment does, in the order of locks of the house."""
    with transaction.atomic():
        Structure.objects.locked(attachment.structure_id)
        locked = Attachment.objects.locked(attachment.pk)
        StructureHabilitation.objects.filter(user=locked.user_id, content_object=locked.structure_id).delete()
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_a_grant_that_crosses_the_end_of_the_attachment_leaves_no_row(transactional_db, now, rounds):
    structure = StructureFactory()
    for _ in range(rounds):
        attachment = attach(user_id=UserFactory().pk, structure_id=structure.pk, by=None, at=LONG_AGO)

        outcomes = race(
            partial(grant, attachment=attachment, profiles=ASKED, by=None, at=now), partial(end, attachment, now)
        )

        assert outcomes[1] is None
        assert outcomes[0] == ASKED or isinstance(outcomes[0], ProfilesRefused)
        assert held_by(attachment.user) == set()


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_two_grants_in_opposite_order_share_the_work(transactional_db, now, rounds):
    structure = StructureFactory()
    profiles = list(Profile)
    for _ in range(rounds):
        attachment = attach(user_id=UserFactory().pk, structure_id=structure.pk, by=None, at=LONG_AGO)
        before = held_by(attachment.user)

        outcomes = race(
            partial(grant, attachment=attachment, profiles=profiles, by=None, at=now),
            partial(grant, attachment=attachment, profiles=profiles[::-1], by=None, at=now),
        )

        assert sorted(outcomes, key=len) == [set(), set(Profile) - before]
        assert held_by(attachment.user) == set(Profile)
        assert Event.objects.about(attachment.user).filter(at=now).count() == 1
