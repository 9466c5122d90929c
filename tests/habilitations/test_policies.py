"""Who may attach, detach, habilitate and appoint: the page asks the predicate, the operation asks it again.

Every actor does every act: what `policies` says and what the operation lets through are held to the same line.
"""

import pytest
from django.contrib.auth.models import AnonymousUser

from chorus_org.kernel.journal.models import Event
from habilitations import policies
from habilitations.backends import ROWS
from habilitations.models import Attachment, StructureHabilitation
from habilitations.operations.attachments import AttachmentRefused, attach, end_attachment
from habilitations.operations.principal_manager import PrincipalManagerRefused, appoint
from habilitations.operations.profiles import ProfilesRefused, grant
from structures.profiles import Profile
from tests.support.factories import UserFactory
from tests.support.operators import make_staff
from tests.support.people import ACTORS, World, make_member

ON_THE_STRUCTURE = {"gp", "modifier"}
ON_THE_SERVICE = ON_THE_STRUCTURE | {"service_modifier"}
PEOPLE = [name for name in ACTORS if name != "anonymous"]


def written() -> tuple[int, int, int]:
    return Attachment.objects.count(), StructureHabilitation.objects.count(), Event.objects.count()


@pytest.fixture
def world(db):
    return World()


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("level", ["structure", "service"])
def test_who_may_attach(world, name, level, now):
    by, newcomer = world.person(name), UserFactory()
    service = world.service if level == "service" else None
    may = name in (ON_THE_SERVICE if service else ON_THE_STRUCTURE)
    before = written()

    def act():
        attach(user_id=newcomer.pk, structure_id=world.structure.pk, service_id=service and service.pk, by=by, at=now)

    assert policies.may_attach(by, service or world.structure) == may
    if may:
        act()
        assert newcomer.attachments.count() == 1
    else:
        with pytest.raises(AttachmentRefused) as refused:
            act()
        assert (str(refused.value), written()) == (policies.WHO_MAY_ATTACH, before)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("level", ["structure", "service"])
def test_who_may_detach(world, name, level, now):
    by = world.person(name)
    attached = make_member(world.structure, world.service if level == "service" else None)
    [attachment] = attached.attachments.all()
    may = name in (ON_THE_SERVICE if level == "service" else ON_THE_STRUCTURE)
    before = written()

    assert policies.may_detach(by, attachment) == may
    if may:
        end_attachment(attachment=attachment, by=by, at=now)
    else:
        with pytest.raises(AttachmentRefused, match="revient au gestionnaire principal"):
            end_attachment(attachment=attachment, by=by, at=now)
        assert written() == before
    attachment.refresh_from_db()
    assert bool(attachment.ended_at) == may


def test_whoever_is_attached_may_leave_whatever_they_hold(world, now):
    leaving = make_member(world.structure, world.service)
    [attachment] = leaving.attachments.all()

    end_attachment(attachment=attachment, by=leaving, at=now)

    attachment.refresh_from_db()
    assert attachment.ended_at == now


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("level", ["structure", "service"])
def test_who_may_habilitate(world, name, level, now):
    by = world.person(name)
    [attachment] = make_member(world.structure, world.service if level == "service" else None).attachments.all()
    ROWS[attachment.level].objects.filter(
        user=attachment.user, permission__codename=Profile.FACTURATION_MODIFICATION
    ).delete()
    may = name in (ON_THE_SERVICE if level == "service" else ON_THE_STRUCTURE)
    before = written()

    assert policies.may_grant(by, attachment) == may
    if may:
        assert grant(attachment=attachment, profiles={Profile.FACTURATION_MODIFICATION}, by=by, at=now)
    else:
        with pytest.raises(ProfilesRefused) as refused:
            grant(attachment=attachment, profiles={Profile.FACTURATION_MODIFICATION}, by=by, at=now)
        assert (str(refused.value), written()) == (policies.WHO_MAY_ATTACH, before)


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "superuser"])
def test_nobody_of_the_portal_appoints_a_principal_manager(world, name, now):
    by, person = world.person(name), UserFactory()
    before = written()

    assert not policies.may_appoint(by)
    with pytest.raises(PrincipalManagerRefused) as refused:
        appoint(structure_id=world.elsewhere.pk, user_id=person.pk, by=by, at=now)
    assert (str(refused.value), written()) == (policies.WHO_MAY_APPOINT, before)


def test_a_visitor_may_nothing(world):
    [attachment] = make_member(world.structure).attachments.all()
    visitor = AnonymousUser()

    assert not policies.may_appoint(visitor)
    assert not policies.may_attach(visitor, world.structure)
    assert not policies.may_detach(visitor, attachment)
    assert not policies.may_grant(visitor, attachment)


def test_an_administrator_appoints(world, now):
    person = UserFactory()

    appoint(structure_id=world.elsewhere.pk, user_id=person.pk, by=make_staff("administrateur"), at=now)

    world.elsewhere.refresh_from_db()
    assert world.elsewhere.principal_manager == person
