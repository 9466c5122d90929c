"""A planned end that comes: the gate closes at the moment, the worker then ends the attachment (domain, 6)."""

from datetime import timedelta

from django.core.management import call_command

from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment, StructureHabilitation
from habilitations.operations.requests import ask_attachment
from habilitations.tasks import end_planned_attachments
from structures.profiles import Profile
from tests.support.people import make_gp, make_member


def test_it_is_carried_out_once_and_one_may_ask_again(world, now):
    make_gp(world.structure)
    person, staying = make_member(world.structure), make_member(world.structure)
    Attachment.objects.filter(user=person).update(ends_at=now)

    end_planned_attachments(at=now - timedelta.resolution)
    assert Attachment.objects.get(user=person).ended_at is None
    assert not person.has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)
    for _ in range(2):
        end_planned_attachments(at=now)

    attachment = Attachment.objects.get(user=person)
    assert (attachment.ended_at, attachment.ended_by) == (now, None)
    assert not StructureHabilitation.objects.filter(user=person).exists()
    assert Event.objects.about(person).filter(kind="attachment.ended").count() == 1
    assert staying.has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)
    assert ask_attachment(structure_id=world.structure.pk, by=person, at=now).is_pending
    call_command("check_habilitations")
