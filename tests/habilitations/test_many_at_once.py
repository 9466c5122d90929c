"""What is done to many at once costs what it costs for one, and leaves what it would leave one by one."""

import pytest

from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from habilitations.operations._parts import end_many, grant_many, open_many
from habilitations.operations.attachments import attach, end_attachment
from structures.profiles import Profile, defaults
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.queries import operation_queries

MODIFICATION = Profile.ORGANISATION_MODIFICATION


def openings(count, now):
    """As many to a structure as to one of its services, each for a person of their own."""
    structure = StructureFactory()
    service = ServiceFactory(structure=structure)
    return [
        (
            Attachment(user=UserFactory(), structure=structure, service=level, started_at=now, started_by=None),
            defaults(is_public=True),
        )
        for _ in range(count)
        for level in (None, service)
    ]


def written(person):
    """What stands of a person: attachments, rows, history."""
    rows = [
        (row.content_object, row.permission.codename, row.granted_at)
        for model in (StructureHabilitation, ServiceHabilitation)
        for row in model.objects.filter(user=person).order_by("permission__codename")
    ]
    attachments = [(one.structure, one.service, one.started_at, one.ended_at) for one in person.attachments.all()]
    return attachments, rows, [(event.kind, event.details, event.at) for event in Event.objects.about(person)]


@pytest.fixture(autouse=True)
def warm(db):
    """The process knows the ids of the permissions on a structure, and on a service."""
    service = ServiceFactory()
    for level in (None, service.pk):
        attach(user_id=UserFactory().pk, structure_id=service.structure_id, service_id=level, by=None, at=LONG_AGO)


@pytest.mark.parametrize("count", [1, 100])
def test_attachments_open_together(now, count):
    asked = openings(count, now)

    with operation_queries() as queries:
        open_many(openings=asked, by=None, at=now)

    alone = UserFactory()
    first, second = asked[0][0], asked[1][0]
    attach(user_id=alone.pk, structure_id=first.structure.pk, by=None, at=now)
    # attachments, their events; rows held and given on both levels; the events of profiles; requests that they answer
    assert len(queries) == 8
    assert written(first.user) == written(alone)
    assert {row.content_object for row in ServiceHabilitation.objects.filter(user=second.user)} == {second.service}
    assert not StructureHabilitation.objects.filter(user=second.user).exists()


@pytest.mark.parametrize("count", [1, 100])
def test_profiles_are_granted_together(now, count):
    asked = openings(count + 1, LONG_AGO)
    open_many(openings=asked, by=None, at=LONG_AGO)
    grant_many(given=[(asked[0][0], {MODIFICATION})], by=None, at=LONG_AGO)
    before = Event.objects.count()

    with operation_queries() as queries:
        new = grant_many(given=[(attachment, {MODIFICATION}) for attachment, _ in asked], by=None, at=now)

    assert len(queries) == 5
    assert new == [set(), *[{MODIFICATION}] * (2 * count + 1)]
    assert Event.objects.count() == before + 2 * count + 1


@pytest.mark.parametrize("count", [1, 100])
def test_attachments_end_together(now, count):
    asked = openings(count, LONG_AGO)
    open_many(openings=asked, by=None, at=LONG_AGO)
    kept = attach(
        user_id=asked[1][0].user.pk, structure_id=asked[0][0].structure.pk, by=None, at=LONG_AGO
    )  # the same person, at the other level
    alone = UserFactory()
    single = attach(user_id=alone.pk, structure_id=asked[0][0].structure.pk, by=None, at=LONG_AGO)

    with operation_queries() as queries:
        end_many(attachments=[attachment for attachment, _ in asked], by=None, at=now)

    end_attachment(attachment=single, by=None, at=now)
    # rows read and deleted on both levels, attachments, events; requests and invitations that go with them
    assert len(queries) == 8
    assert written(asked[0][0].user) == written(alone)
    assert not ServiceHabilitation.objects.filter(user=asked[1][0].user).exists()
    assert {row.permission.codename for row in StructureHabilitation.objects.filter(user=kept.user)} == defaults(
        is_public=True
    )
    assert list(Attachment.objects.live(now).of(kept.user)) == [kept]


def test_what_one_attachment_costs(now):
    person, structure = UserFactory(), StructureFactory()

    with operation_queries() as opening:
        attachment = attach(user_id=person.pk, structure_id=structure.pk, by=None, at=LONG_AGO)
    with operation_queries() as ending:
        end_attachment(attachment=attachment, by=None, at=now)

    # a savepoint and its release, in a transaction that is already open; the end is told by mail
    assert (len(opening), len(ending)) == (11, 13)
