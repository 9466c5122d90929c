"""« Invitations »: sent to an address without an account, answered once, never outlived (domain, 6.4)."""

import re
from datetime import timedelta

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.operations.closing import erase_account
from habilitations.models import Attachment, Invitation, StructureHabilitation
from habilitations.operations.attachments import AttachmentRefused, attach_person, end_attachment
from habilitations.operations.invitations import (
    MOST,
    InvitationOver,
    InvitationRefused,
    accept,
    cancel,
    decline,
    resend,
)
from habilitations.operations.profiles import change
from structures.profiles import Profile
from tests.support.factories import StructureFactory, UserFactory
from tests.support.pages import elements, plain, text_of, tree
from tests.support.people import make_gp, make_member
from tests.support.races import race, rounds
from users.models import AccountState, User

URL, LIST = "/organisation/utilisateurs/rattacher/", "/organisation/utilisateurs/invitations/"
NEW = "nouvelle@example.org"
DAY = timedelta(days=1)


@pytest.fixture
def gp(world):
    return world.person("gp")


def invite(structure, by, *, email=NEW, service=None, at):
    attach_person(
        email=email, structure_ids=[structure.pk], service_id=service and service.pk, ends_at=None, by=by, at=at
    )
    return Invitation.objects.get(email=email, structure=structure, service=service)


class TestInvitations:
    def key_of(self, mail):
        return re.search(r"/comptes/invitation/([^/\s]+)/", mail.text)[1]

    def test_leads_from_the_mail_to_the_attachment(self, client, gp, world, mails, now):
        invite(world.structure, gp, at=now)

        first = client.get(f"/comptes/invitation/{self.key_of(list(mails)[-1])}/", follow=True)
        person = UserFactory(email=NEW)
        client.force_login(person)
        page = client.get("/comptes/invitation/", follow=True)
        answer = client.post(page.redirect_chain[-1][0], follow=True)

        assert "Vous êtes invité à rejoindre BANQUE DE FRANCE" in plain(first.text)
        assert "Vous êtes rattaché à BANQUE DE FRANCE" in plain(answer.text)
        [attachment] = person.attachments.all()
        assert (attachment.structure, attachment.started_by) == (world.structure, gp)
        assert person.has_perm(Profile.FACTURATION_MODIFICATION, world.structure)
        assert Invitation.objects.get().status == "ACCEPTEE"

    def test_the_creation_of_an_account_begins_with_the_address_invited(self, client, gp, world, mails, now):
        invite(world.structure, gp, at=now)

        client.get(f"/comptes/invitation/{self.key_of(list(mails)[-1])}/", follow=True)

        assert f'value="{NEW}"' in client.get("/comptes/signup/").text

    def test_waits_where_one_looks_with_the_invited_address(self, login, gp, world, now):
        invite(world.structure, gp, at=now)
        client = login(UserFactory(email=NEW))

        for page in ("/mon-compte/rattachements/", "/comptes/activation/structure/"):
            assert "vous invite à rejoindre BANQUE DE FRANCE" in plain(client.get(page).text)

    def test_opened_with_another_address_says_so(self, login, gp, world, mails, now):
        invite(world.structure, gp, at=now)
        other = UserFactory()
        client = login(other)

        told = client.get(f"/comptes/invitation/{self.key_of(list(mails)[-1])}/", follow=True)

        assert told.status_code == 409
        assert f"a été envoyée à {NEW}, et vous êtes connecté avec {other.email}" in plain(told.text)
        invitation = Invitation.objects.get()
        assert client.post(f"/mon-compte/rattachements/invitations/{invitation.public_id}/").status_code == 404
        with pytest.raises(InvitationRefused):
            accept(invitation_id=invitation.pk, by=other, at=now)

    def test_is_declined(self, login, gp, world, now):
        invitation = invite(world.structure, gp, at=now)
        person = UserFactory(email=NEW)
        client = login(person)

        client.post(f"/mon-compte/rattachements/invitations/{invitation.public_id}/refuser/")

        invitation.refresh_from_db()
        assert invitation.status == "REFUSEE"
        with pytest.raises(InvitationOver):
            accept(invitation_id=invitation.pk, by=person, at=now)

    def test_lapses_after_seven_days_and_is_sent_again(self, login, gp, world, mails, now):
        invitation = invite(world.structure, gp, at=now - 8 * DAY)
        person = UserFactory(email=NEW)
        with pytest.raises(InvitationOver):
            accept(invitation_id=invitation.pk, by=person, at=now)
        old = self.key_of(list(mails)[-1])
        client = login(gp)
        assert "Expirée" in plain(client.get(LIST).text)

        client.post(f"{LIST}{invitation.public_id}/renvoyer/")

        inside = login(person)
        assert inside.get(f"/comptes/invitation/{old}/", follow=True).status_code == 409
        assert inside.get(f"/comptes/invitation/{self.key_of(list(mails)[-1])}/", follow=True).status_code == 200
        accept(invitation_id=invitation.pk, by=person, at=now)

    def test_inviting_again_sends_the_one_that_waits(self, gp, world, mails, now):
        first = invite(world.structure, gp, at=now)
        second = invite(world.structure, gp, at=now + DAY)

        assert first == second
        assert len(mails) == 2
        assert first.key_hash != second.key_hash

    def test_is_not_sent_again_at_once(self, login, gp, world, mails, now):
        invitation = invite(world.structure, gp, at=now)

        answer = login(gp).post(f"{LIST}{invitation.public_id}/renvoyer/", follow=True)

        assert "vient d’être envoyée" in plain(answer.text)
        assert len(mails) == 1

    def test_is_cancelled_and_its_link_opens_nothing(self, login, gp, world, now):
        invitation = invite(world.structure, gp, at=now)
        client = login(gp)

        asked = client.get(f"{LIST}{invitation.public_id}/annuler/")
        client.post(f"{LIST}{invitation.public_id}/annuler/")

        assert f"Annuler l’invitation de {NEW}" in plain(asked.text)
        with pytest.raises(InvitationOver):
            accept(invitation_id=invitation.pk, by=UserFactory(email=NEW), at=now)
        with pytest.raises(InvitationOver):
            cancel(invitation_id=invitation.pk, by=gp, at=now)

    @pytest.mark.parametrize("verb", ["renvoyer", "annuler"])
    def test_of_another_structure_is_not_there(self, login, gp, world, now, verb):
        invitation = invite(world.structure, gp, at=now)

        other = world.person("gp_elsewhere")
        client = login(other)

        assert client.post(f"{LIST}{invitation.public_id}/{verb}/").status_code == 404
        assert NEW not in client.get(LIST).text
        for act in (resend, cancel):
            with pytest.raises(InvitationRefused):
                act(invitation_id=invitation.pk, by=other, at=now + DAY)

    def test_goes_with_the_right_of_who_invited(self, gp, world, now):
        for lose in ("profile", "attachment", "account"):
            manager = make_member(world.structure, profiles={Profile.ORGANISATION_MODIFICATION})
            invitation = invite(world.structure, manager, email=f"{lose}@example.org", at=now)
            [attachment] = manager.attachments.all()
            if lose == "profile":
                held = StructureHabilitation.objects.filter(user=manager)
                seen = held.values_list("permission__codename", flat=True)
                change(attachment=attachment, profiles=[], seen=list(seen), by=gp, at=now)
            elif lose == "attachment":
                end_attachment(attachment=attachment, by=gp, at=now)
            else:
                User.objects.filter(pk=manager.pk).update(state=AccountState.SUSPENDU)

            with pytest.raises(InvitationOver):
                accept(invitation_id=invitation.pk, by=UserFactory(email=invitation.email), at=now)

            invitation.refresh_from_db()
            assert invitation.status == ("EN_ATTENTE" if lose == "account" else "ANNULEE")

    def test_who_was_detached_does_not_come_back_by_an_old_one_but_is_invited_again(self, gp, world, now):
        person = UserFactory(email=NEW, state=AccountState.A_ACTIVER)
        invitation = invite(world.structure, gp, at=now)
        User.objects.filter(pk=person.pk).update(state=AccountState.ACTIF)
        person.refresh_from_db()
        attachment = accept(invitation_id=invitation.pk, by=person, at=now)
        end_attachment(attachment=attachment, by=gp, at=now)

        with pytest.raises(InvitationOver):
            accept(invitation_id=invitation.pk, by=person, at=now)
        attach_person(email=NEW, structure_ids=[world.structure.pk], by=gp, at=now)

        assert Attachment.objects.live(now).of(person).count() == 1

    def test_one_that_waits_for_who_is_detached_elsewhere_stays(self, gp, world, now):
        person = make_member(world.elsewhere)
        waiting = UserFactory(state=AccountState.A_ACTIVER)
        invitation = invite(world.structure, gp, email=waiting.email, at=now)
        [attachment] = person.attachments.all()

        end_attachment(attachment=attachment, by=None, at=now)

        invitation.refresh_from_db()
        assert invitation.status == "EN_ATTENTE"

    def test_has_a_limit_a_day(self, gp, world, now):
        first = invite(world.structure, gp, at=now)
        Invitation.objects.bulk_create(
            Invitation(
                email=f"p{number}@example.org",
                structure=world.structure,
                invited_by=gp,
                sent_at=now,
                expires_at=now + DAY,
                key_hash=str(number),
            )
            for number in range(MOST - 1)
        )

        with pytest.raises(InvitationRefused, match="depuis hier"):
            attach_person(email="trop@example.org", structure_ids=[world.structure.pk], by=gp, at=now)
        assert first.email == NEW

    def test_the_list_says_what_became_of_each_and_is_filtered(self, login, gp, world, now, mails):
        states = {"attente": "En attente", "refus": "Refusée", "echec": "Courriel non remis", "vieille": "Expirée"}
        made = {name: invite(world.structure, gp, email=f"{name}@example.org", at=now) for name in states}
        decline(invitation_id=made["refus"].pk, by=UserFactory(email="refus@example.org"), at=now)
        Invitation.objects.filter(pk=made["vieille"].pk).update(expires_at=now)
        mail = made["echec"].mail
        mail.due_at, mail.failed_at, mail.last_error = None, now, "550 boîte inconnue"
        mail.save()
        client = login(gp)

        page = client.get(LIST)
        refused = client.get(LIST, {"status": "REFUSEE"})

        shown = {
            text_of(next(elements(row, "th"))): text_of(row)
            for row in elements(tree(page), "tr")
            if "@" in text_of(row)
        }
        for name, state in states.items():
            assert state in shown[f"{name}@example.org"]
        assert "550 boîte inconnue" in shown["echec@example.org"]
        assert "refus@example.org" in refused.text
        assert "attente@example.org" not in refused.text

    def test_goes_with_the_account_that_is_erased(self, gp, world, now):
        person = UserFactory(email=NEW, state=AccountState.A_ACTIVER)
        invite(world.structure, gp, at=now)

        erase_account(user_id=person.pk, at=now)

        [invitation] = Invitation.objects.all()
        assert (invitation.email, invitation.status) == ("", "ANNULEE")


@pytest.mark.django_db(transaction=True)
@rounds
def test_one_invitation_is_accepted_once(_, now):
    structure = StructureFactory()
    gp = make_gp(structure)
    invitation = invite(structure, gp, at=now)
    person = UserFactory(email=NEW)

    outcomes = race(*[lambda: accept(invitation_id=invitation.pk, by=person, at=now)] * 2)

    assert sum(isinstance(one, Attachment) for one in outcomes) == 1
    assert sum(isinstance(one, InvitationRefused) for one in outcomes) == 1
    assert person.attachments.count() == 1
    assert Event.objects.filter(kind="invitation.accepted").count() == 1


def test_a_private_structure_invites_too(now, db):
    private = StructureFactory(private=True)
    gp = make_gp(private)

    with pytest.raises(AttachmentRefused):
        attach_person(email=NEW, structure_ids=[private.pk], by=make_member(private), at=now)
    assert invite(private, gp, at=now).structure == private
