"""« Rattacher un utilisateur »: attached at once, or invited (guide, 3.3; domain, 6.4)."""

from datetime import timedelta

import pytest

from habilitations.models import Invitation, StructureHabilitation
from habilitations.operations.attachments import attach_person
from habilitations.operations.principal_manager import appoint
from habilitations.operations.requests import ask_attachment
from structures.profiles import Profile, defaults
from tests.support.factories import LONG_AGO, ServiceFactory, UserFactory
from tests.support.pages import error_of, plain
from tests.support.people import make_member

URL, LIST = "/organisation/utilisateurs/rattacher/", "/organisation/utilisateurs/invitations/"
NEW = "nouvelle@example.org"
DAY = timedelta(days=1)


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def typed(world):
    return {
        "email": "Marc@Example.org",
        "structure": [str(world.structure.public_id)],
        "level": "STRUCTURE",
        "service": "",
        "ends_at": "",
    }


@pytest.fixture
def marc(db):
    return UserFactory(email="marc@example.org", first_name="Marc", last_name="Delaunay")


class TestAttaching:
    def test_is_immediate_and_told(self, login, gp, marc, world, typed, mails):
        answer = login(gp).post(URL, typed, follow=True)

        [attachment] = marc.attachments.all()
        assert (attachment.structure, attachment.service, attachment.started_by) == (world.structure, None, gp)
        assert "L’envoi des données pour « Rattacher un utilisateur » a bien été effectuée" in plain(answer.text)
        [mail] = mails
        assert (mail.recipient, mail.subject) == (marc.email, "Vous êtes rattaché à BANQUE DE FRANCE")
        assert f"{gp} vous a rattaché à BANQUE DE FRANCE" in plain(mail.text)
        assert "Facturation modification" in mail.text
        assert marc.has_perm(Profile.FACTURATION_MODIFICATION, world.structure)

    def test_answers_the_same_where_there_is_no_account(self, login, gp, marc, typed, mails):
        client = login(gp)
        known, unknown = client.post(URL, typed), client.post(URL, typed | {"email": NEW})

        assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
        assert plain(client.get(URL).text).count("L’envoi des données") == 2
        assert {mail.recipient for mail in mails} == {marc.email, NEW}
        [invitation] = Invitation.objects.all()
        assert (invitation.email, invitation.invited_by) == (NEW, gp)

    def test_to_one_service_and_until_a_day(self, login, gp, marc, world, typed):
        form = {"level": "SERVICE", "service": str(world.service.public_id), "ends_at": "2027-01-31T18:00:00"}

        login(gp).post(URL, typed | form)

        [attachment] = marc.attachments.all()
        assert (attachment.service, attachment.ends_at.isoformat()) == (world.service, "2027-01-31T17:00:00+00:00")

    def test_to_several_structures_at_once(self, login, gp, marc, world, typed):
        appoint(structure_id=world.elsewhere.pk, user_id=gp.pk, by=None, at=LONG_AGO)
        both = [str(world.structure.public_id), str(world.elsewhere.public_id)]

        login(gp).post(URL, typed | {"structure": both})

        assert {one.structure for one in marc.attachments.all()} == {world.structure, world.elsewhere}

    def test_answers_the_request_of_who_had_asked(self, gp, marc, world, now):
        asked = ask_attachment(structure_id=world.structure.pk, by=marc, at=now)

        attach_person(email=marc.email, structure_ids=[world.structure.pk], by=gp, at=now)

        asked.refresh_from_db()
        assert (asked.status, asked.decided_by) == ("VALIDEE", gp)

    def test_a_manager_gives_no_more_than_they_hold(self, marc, world, now):
        manager = world.person("modifier")
        StructureHabilitation.objects.filter(user=manager, permission__codename__startswith="marche").delete()

        attach_person(email=marc.email, structure_ids=[world.structure.pk], by=manager, at=now)

        held = set(StructureHabilitation.objects.filter(user=marc).values_list("permission__codename", flat=True))
        assert held == defaults(is_public=True) - {Profile.MARCHE_CONSULTATION, Profile.MARCHE_MODIFICATION}

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"email": ""}, "email", "Saisissez l’adresse électronique de la personne."),
            ({"email": "marc"}, "email", "Saisissez une adresse électronique complète"),
            ({"structure": []}, "structure", "Choisissez la structure."),
            ({"structure": ["x"]}, "structure", "Choisissez une valeur de la liste."),
            ({"level": ""}, "level", "Choisissez le niveau du rattachement."),
            ({"level": "SERVICE"}, "service", "Choisissez le service."),
            ({"level": "SERVICE", "service": "x"}, "service", "Choisissez une valeur de la liste."),
            ({"ends_at": "2020-01-01T00:00:00"}, "ends_at", "La fin prévue doit être à venir."),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, login, gp, marc, typed, change, field, sentence):
        answer = login(gp).post(URL, typed | change)

        assert answer.status_code == 422
        assert sentence in plain(error_of(answer, field))
        assert not marc.attachments.exists()

    def test_refuses_oneself_and_who_is_attached_already(self, login, gp, world, typed):
        member = make_member(world.structure)
        client = login(gp)

        assert "vous rattacher vous-même" in error_of(client.post(URL, typed | {"email": gp.email}), "email")
        assert "déjà rattaché" in error_of(client.post(URL, typed | {"email": member.email}), "email")

    def test_nobody_names_a_structure_or_a_service_of_others(self, login, gp, marc, world, typed):
        foreign = ServiceFactory(structure=world.elsewhere)
        client = login(gp)
        for sent in (
            {"structure": [str(world.elsewhere.public_id)]},
            {"level": "SERVICE", "service": str(foreign.public_id)},
        ):
            assert client.post(URL, typed | sent).status_code == 422
        assert not marc.attachments.exists()

    def test_who_manages_one_service_attaches_to_it_alone(self, login, marc, world, typed):
        client = login(world.person("service_modifier"))

        page, refused = client.get(URL), client.post(URL, typed)
        client.post(URL, typed | {"level": "SERVICE", "service": str(world.service.public_id)})

        assert "FI_ACHATS" not in page.text
        assert "revient au gestionnaire principal" in plain(refused.text)
        assert [one.service for one in marc.attachments.all()] == [world.service]

    def test_is_refused_to_who_manages_nothing(self, login, gp, world):
        refused = login(world.person("member")).get(URL)

        assert refused.status_code == 403
        assert str(gp) in plain(refused.text)

    def test_choosing_shows_the_services_and_judges_nothing(self, login, gp, world, typed):
        answer = login(gp).post(URL, typed | {"email": "", "choisir": "1"})

        assert answer.status_code == 200
        assert "FI_COMPTA" in answer.text
        assert "erreurs" not in answer.text
