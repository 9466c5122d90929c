"""« Détacher un utilisateur » and « Me détacher »: what ends is shown before, and nothing else ends (domain, 6.5)."""

from datetime import timedelta

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.operations.closing import erase_account
from habilitations.models import ApprovalRequest, Attachment, Invitation, ServiceHabilitation, StructureHabilitation
from habilitations.operations.attachments import (
    AttachmentRefused,
    attach,
    attach_person,
    end_as_planned,
    end_attachment,
    plan_end,
)
from habilitations.operations.decisions import approve, undo
from habilitations.operations.profiles import ProfilesRefused, grant
from habilitations.operations.requests import ask_attachment, ask_profiles
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.pages import error_of, plain, text_of, tree
from tests.support.people import make_gp, make_member
from tests.support.races import race, rounds

URL, MINE = "/organisation/utilisateurs/detacher/", "/mon-compte/rattachements/"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def marc(world):
    return make_member(world.structure)


def whose(user, structure, service=None):
    return {"structure": structure.public_id, "service": service.public_id if service else "", "user": user.public_id}


def attachment_of(user):
    return user.attachments.select_related("structure", "service", "user").get()


class TestThePage:
    def test_shows_what_ends_and_what_waits(self, login, gp, world, now):
        manager = make_member(world.structure, profiles={Profile.ORGANISATION_MODIFICATION})
        ask_profiles(
            attachment_id=attachment_of(manager).pk, profiles={Profile.FACTURATION_VALIDATION}, by=manager, at=now
        )
        attach_person(email="invitee@example.org", structure_ids=[world.structure.pk], by=manager, at=now)

        page = text_of(tree(login(gp).get(URL, whose(manager, world.structure))))

        assert "Rattachement : à toute la structure, ses services compris" in page
        assert "Profils : Organisation consultation, Organisation modification" in page
        assert "Demande en cours : habilitations supplémentaires" in page
        assert "Invitation envoyée : à invitee@example.org" in page

    def test_detaches_and_takes_all_of_it_and_nothing_else(self, login, gp, world, now, mails):
        person = make_member(world.structure, profiles={Profile.ORGANISATION_MODIFICATION})
        attach(user_id=person.pk, structure_id=world.structure.pk, service_id=world.service.pk, by=None, at=now)
        attach(user_id=person.pk, structure_id=world.elsewhere.pk, by=None, at=now)
        whole = person.attachments.get(structure=world.structure, service=None)
        asked = ask_profiles(attachment_id=whole.pk, profiles={Profile.FACTURATION_VALIDATION}, by=person, at=now)
        attach_person(email="invitee@example.org", structure_ids=[world.structure.pk], by=person, at=now)

        answer = login(gp).post(URL, whose(person, world.structure) | {"reason": "Mutation"}, follow=True)

        assert "L’envoi des données pour « Détacher un utilisateur »" in plain(answer.text)
        whole.refresh_from_db()
        asked.refresh_from_db()
        assert (whole.ended_at, whole.ended_by, whole.end_reason) == (now, gp, "Mutation")
        assert not StructureHabilitation.objects.filter(user=person, content_object=world.structure).exists()
        assert asked.status == "ANNULEE"
        assert Invitation.objects.get().status == "ANNULEE"
        assert ServiceHabilitation.objects.filter(user=person, content_object=world.service).exists()
        assert StructureHabilitation.objects.filter(user=person, content_object=world.elsewhere).exists()
        mail = list(mails)[-1]
        assert (mail.recipient, mail.subject) == (
            person.email,
            "Votre rattachement à BANQUE DE FRANCE est terminé",
        )
        assert "Motif : Mutation" in plain(mail.text)

    def test_at_a_date_nothing_changes_until_then(self, login, gp, marc, world, now, mails):
        login(gp).post(URL, whose(marc, world.structure) | {"reason": "", "ends_at": "2026-12-01T00:00:00"})

        attachment = attachment_of(marc)
        assert (attachment.ended_at, attachment.ends_at.isoformat()) == (None, "2026-11-30T23:00:00+00:00")
        assert marc.has_perm(Profile.FACTURATION_MODIFICATION, world.structure)
        assert "s’arrêtera le 01/12/2026" in list(mails)[-1].subject

        end_as_planned(attachment_id=attachment.pk, at=attachment.ends_at)

        attachment.refresh_from_db()
        assert attachment.ended_at == attachment.ends_at
        assert not StructureHabilitation.objects.filter(user=marc).exists()

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"ends_at": "2020-01-01T00:00:00"}, "ends_at", "La date de fin doit être à venir."),
            ({"ends_at": "demain"}, "ends_at", "Saisissez une date et une heure"),
            ({"reason": "x" * 201}, "reason", "200 caractères au plus"),
        ],
    )
    def test_says_what_is_wrong(self, login, gp, marc, world, change, field, sentence):
        answer = login(gp).post(URL, whose(marc, world.structure) | change)

        assert answer.status_code == 422
        assert sentence in plain(error_of(answer, field))
        assert not attachment_of(marc).ended_at

    def test_nobody_detaches_whom_they_may_not_name(self, login, gp, marc, world):
        stranger = make_member(world.elsewhere)
        client = login(gp)
        for sent in (
            whose(stranger, world.elsewhere),
            whose(stranger, world.structure),
            whose(marc, world.structure) | {"user": "x"},
        ):
            assert client.post(URL, sent).status_code == 422
        elsewhere = login(world.person("gp_elsewhere"))
        assert elsewhere.post(URL, whose(marc, world.structure)).status_code == 422
        assert not Attachment.objects.exclude(ended_at=None).exists()


class TestThePrincipalManager:
    """Detached by no page, address, form, planned end, before they hand the structure over."""

    def test_by_no_page(self, login, gp, world):
        manager = world.person("modifier")
        client = login(manager)

        page = client.get(URL, whose(gp, world.structure))
        answer = client.post(URL, whose(gp, world.structure))

        assert "ne peut pas être détaché" in plain(page.text)
        assert answer.status_code == 422
        assert not attachment_of(gp).ended_at

    def test_nor_by_themselves(self, login, gp, world):
        client = login(gp)
        address = f"{MINE}{attachment_of(gp).public_id}/quitter/"

        assert "Me détacher" not in client.get(MINE).text
        assert client.post(address).status_code == 422
        assert "avant d’avoir transmis" in plain(client.post(address).text)
        assert not attachment_of(gp).ended_at

    def test_nor_by_a_planned_end(self, gp, world, now):
        with pytest.raises(AttachmentRefused, match="transmis"):
            plan_end(attachment=attachment_of(gp), ends_at=now + timedelta(days=1), by=gp, at=now)
        gp.attachments.update(ends_at=now)

        end_as_planned(attachment_id=attachment_of(gp).pk, at=now)

        assert not attachment_of(gp).ended_at


class TestLeaving:
    def test_ends_ones_own_attachment_and_tells_who_manages(self, login, gp, marc, world, mails):
        client = login(marc)
        address = f"{MINE}{attachment_of(marc).public_id}/quitter/"

        asked = plain(client.get(address).text)
        answer = client.post(address, follow=True)

        assert "Profils perdus : Organisation consultation" in asked
        assert "Vous n’êtes plus rattaché à BANQUE DE FRANCE" in plain(answer.text)
        assert attachment_of(marc).ended_by == marc
        [mail] = mails
        assert (mail.recipient, mail.subject) == (gp.email, f"{marc} ne travaille plus pour BANQUE DE FRANCE")

    def test_is_for_oneself_alone(self, login, gp, marc, world):
        address = f"{MINE}{attachment_of(marc).public_id}/quitter/"

        assert login(gp).post(address).status_code == 404
        assert login(world.person("stranger")).post(address).status_code == 404
        assert not attachment_of(marc).ended_at


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture
    def structure(self):
        return StructureFactory()

    @rounds
    def test_detaching_and_granting_leave_no_row_behind(self, _, structure, now):
        gp, person = make_gp(structure), make_member(structure)
        attachment = attachment_of(person)

        outcomes = race(
            lambda: end_attachment(attachment=attachment, by=gp, at=now),
            lambda: grant(attachment=attachment, profiles={Profile.FACTURATION_VALIDATION}, by=gp, at=now),
        )

        assert outcomes[0] is None
        assert isinstance(outcomes[1], (set, ProfilesRefused))
        assert not StructureHabilitation.objects.filter(user=person).exists()

    @rounds
    def test_detaching_and_approving_more_profiles(self, _, structure, now):
        gp, person = make_gp(structure), make_member(structure)
        attachment = attachment_of(person)
        asked = ask_profiles(
            attachment_id=attachment.pk, profiles={Profile.FACTURATION_VALIDATION}, by=person, at=LONG_AGO
        )

        race(
            lambda: end_attachment(attachment=attachment, by=gp, at=now),
            lambda: approve(request_id=asked.pk, by=gp, at=now),
        )

        asked.refresh_from_db()
        assert asked.status in ("VALIDEE", "ANNULEE")
        assert not StructureHabilitation.objects.filter(user=person).exists()

    @rounds
    def test_detaching_and_taking_the_approval_back(self, _, structure, now):
        gp, person = make_gp(structure), UserFactory()
        asked = ask_attachment(structure_id=structure.pk, by=person, at=LONG_AGO)
        approve(request_id=asked.pk, by=gp, at=now)
        attachment = attachment_of(person)

        race(
            lambda: end_attachment(attachment=attachment, by=gp, at=now),
            lambda: undo(request_id=asked.pk, by=gp, at=now),
        )

        assert Attachment.objects.live(now).of(person).count() == 0
        assert not StructureHabilitation.objects.filter(user=person).exists()
        assert Event.objects.about(person).filter(kind="attachment.ended").count() == 1

    @rounds
    def test_two_who_detach_end_it_once(self, _, structure, now):
        gp, person = make_gp(structure), make_member(structure)
        attachment = attachment_of(person)

        race(
            lambda: end_attachment(attachment=attachment, by=gp, at=now),
            lambda: end_attachment(attachment=attachment, by=person, at=now),
        )

        assert Event.objects.about(person).filter(kind="attachment.ended").count() == 1


def test_why_goes_with_the_account_that_is_erased(world, gp, now):
    person = make_member(world.structure)
    end_attachment(attachment=attachment_of(person), reason="Claire est malade", by=gp, at=now)

    erase_account(user_id=person.pk, at=now)

    assert attachment_of(person).end_reason == ""


def test_a_request_elsewhere_stays(world, gp, now):
    person = make_member(world.structure, world.service)
    asked = ask_attachment(structure_id=world.structure.pk, service_id=None, by=person, at=now)
    other = ServiceFactory(structure=world.structure)
    second = ask_attachment(structure_id=world.structure.pk, service_id=other.pk, by=person, at=now)

    end_attachment(attachment=attachment_of(person), by=gp, at=now)

    assert set(ApprovalRequest.objects.pending()) == {asked, second}
