"""« Gérer un service »: find, change, close with its people, reopen, delete what was never active (domain, 4.4)."""

from datetime import timedelta

import pytest

from chorus_org.kernel.journal.models import Event
from habilitations.enums import Leaving
from habilitations.models import Attachment
from habilitations.operations.attachments import attach
from habilitations.operations.closing import ClosingRefused, close
from services.operations import ServiceRefused, change_service, close_service, delete_service, reopen_service
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.pages import error_of, plain
from tests.support.people import make_gp, make_member
from tests.support.queries import count_queries
from tests.support.races import race, rounds

URL, DAY = "/organisation/structures/services/", timedelta(days=1)


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def inside(login, gp):
    return login(gp)


@pytest.fixture
def typed(world):
    return {
        "label": "Comptabilité",
        "description": "Toutes les factures",
        "active_from": "2022-01-01T10:00:00",
        "active_until": "",
        "engagement_required": "on",
    }


def address(service, verb):
    return f"{URL}{service.public_id}/{verb}/"


class TestFinding:
    def test_lists_what_one_may_change_and_filters_it(self, inside, world, now):
        ServiceFactory(structure=world.elsewhere, code="AILLEURS")
        ServiceFactory(structure=world.structure, code="FERME", active_until=now - DAY)
        ServiceFactory(structure=world.structure, code="FUTUR", active_from=now + DAY)

        def shown(**asked):
            page = inside.get(f"{URL}gerer/", asked).text
            return {code for code in ("FI_COMPTA", "FI_ACHATS", "AILLEURS", "FERME", "FUTUR") if code in page}

        assert shown() == {"FI_COMPTA", "FI_ACHATS", "FERME", "FUTUR"}
        assert shown(state="INACTIF") == {"FERME"}
        assert shown(state="A_VENIR") == {"FUTUR"}
        assert shown(q="compta") == {"FI_COMPTA"}
        assert shown(day="2026-11-23T00:00:00") == {"FI_COMPTA", "FI_ACHATS", "FERME"}
        assert shown(structure=world.structure.identifier) == {"FI_COMPTA", "FI_ACHATS", "FERME", "FUTUR"}

    def test_is_taken_along_as_a_file_of_what_is_shown(self, inside, world):
        ServiceFactory(structure=world.elsewhere, code="AILLEURS")

        file = inside.get(f"{URL}export.csv", {"q": "compta"})

        head, row = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
        assert head.startswith("Identifiant;RaisonSociale;Code;Nom;GestionEGMT;ServiceActif;")
        assert row.split(";")[:3] == [world.structure.identifier, "BANQUE DE FRANCE", "FI_COMPTA"]
        assert row.split(";")[5] == "true"

    def test_nobody_takes_what_they_do_not_manage(self, login, world):
        file = login(world.person("member")).get(f"{URL}export.csv")

        assert len(b"".join(file.streaming_content).decode("utf-8-sig").splitlines()) == 1

    def test_costs_the_same_for_one_and_for_many(self, inside, world):
        few = count_queries(inside, f"{URL}gerer/")
        ServiceFactory.create_batch(20, structure=world.structure)

        assert count_queries(inside, f"{URL}gerer/") == few <= 6

    def test_the_page_of_a_service_offers_what_can_be_done(self, inside, login, world, now):
        service = world.service

        assert "Fermer ce service" in inside.get(service.get_absolute_url()).text
        closed = ServiceFactory(structure=world.structure, active_until=now - DAY)
        assert "Rouvrir ce service" in inside.get(closed.get_absolute_url()).text
        assert "Modifier ce service" not in login(world.person("member")).get(service.get_absolute_url()).text


class TestChanging:
    def test_writes_what_changed_and_says_which_fields(self, inside, world, typed, gp):
        answer = inside.post(address(world.service, "modifier"), typed, follow=True)

        world.service.refresh_from_db()
        assert "L’envoi des données pour « Modifier un service »" in plain(answer.text)
        assert (world.service.label, world.service.engagement_required) == ("Comptabilité", True)
        [event] = Event.objects.about(world.service).filter(kind="service.changed")
        assert event.details == {"fields": ["description", "engagement_required", "label"]}

    def test_a_forged_code_or_start_changes_nothing(self, inside, world, typed):
        before = world.service.active_from

        inside.post(
            address(world.service, "modifier"), typed | {"code": "PIRATE", "active_from": "2020-01-01T00:00:00"}
        )

        world.service.refresh_from_db()
        assert (world.service.code, world.service.active_from) == ("FI_COMPTA", before)

    def test_the_end_is_after_the_start(self, inside, world, typed):
        answer = inside.post(address(world.service, "modifier"), typed | {"active_until": "2021-01-01T00:00:00"})

        assert answer.status_code == 422
        assert "La fin doit être postérieure au début." in plain(error_of(answer, "active_until"))

    def test_what_changes_nothing_is_not_told(self, world, gp, now):
        service = world.service
        same = {
            name: getattr(service, name)
            for name in ("label", "description", "active_from", "active_until", "engagement_required")
        }

        change_service(service_id=service.pk, **same, by=gp, at=now)

        assert not Event.objects.about(service).filter(kind="service.changed").exists()

    def test_is_not_for_who_does_not_manage(self, world, now):
        for verb in (close_service, reopen_service, delete_service):
            with pytest.raises(ServiceRefused, match="revient au gestionnaire principal"):
                verb(service_id=world.service.pk, by=world.person("member"), at=now)


class TestClosing:
    @pytest.fixture
    def nadia(self, world):
        return make_member(world.structure, world.service)

    def test_says_whom_it_concerns_and_lets_them_stay(self, inside, world, nadia, now, mails):
        page = plain(inside.get(address(world.service, "fermer")).text)

        answer = inside.post(address(world.service, "fermer"), {"people": "RESTER", "active_until": ""}, follow=True)

        assert f"1 personne rattachée à ce service : {nadia}." in page
        assert "L’envoi des données pour « Fermer un service »" in plain(answer.text)
        world.service.refresh_from_db()
        assert world.service.active_until == now
        assert nadia.attachments.get().ended_at is None
        assert not nadia.has_perm(Profile.FACTURATION_CONSULTATION, world.service)
        assert "vos droits y dorment" in plain(next(iter(mails)).text)

        inside.post(address(world.service, "rouvrir"), {"active_until": ""})

        assert nadia.has_perm(Profile.FACTURATION_CONSULTATION, world.service)

    def test_moves_them_to_another_service_with_their_profiles(self, inside, world, nadia):
        sent = {"people": "DEPLACER", "move_to": str(world.other_service.public_id), "active_until": ""}

        inside.post(address(world.service, "fermer"), sent)

        [live] = nadia.attachments.filter(ended_at=None)
        assert live.service == world.other_service
        assert nadia.has_perm(Profile.FACTURATION_MODIFICATION, world.other_service)

    def test_raises_them_to_the_structure(self, inside, world, nadia):
        inside.post(address(world.service, "fermer"), {"people": "ELEVER", "active_until": ""})

        [live] = nadia.attachments.filter(ended_at=None)
        assert live.service is None
        assert nadia.has_perm(Profile.FACTURATION_MODIFICATION, world.structure)

    def test_who_is_there_already_is_not_attached_twice(self, gp, world, nadia, now):
        attach(user_id=nadia.pk, structure_id=world.structure.pk, by=None, at=now)

        close(service_id=world.service.pk, people=Leaving.RAISE, by=gp, at=now)

        assert Attachment.objects.live(now).of(nadia).count() == 1

    def test_at_a_date(self, inside, world, nadia):
        inside.post(address(world.service, "fermer"), {"people": "RESTER", "active_until": "2027-01-01T00:00:00"})

        world.service.refresh_from_db()
        assert world.service.active_until.isoformat() == "2026-12-31T23:00:00+00:00"
        assert nadia.has_perm(Profile.FACTURATION_CONSULTATION, world.service)

    @pytest.mark.parametrize(
        ("sent", "field", "sentence"),
        [
            ({"people": "DEPLACER"}, "move_to", "Choisissez un service actif de la même structure."),
            ({"people": "X"}, "people", "Choisissez une valeur de la liste."),
            ({"people": "RESTER", "active_until": "2020-01-01T00:00:00"}, "active_until", "La fin doit être à venir."),
        ],
    )
    def test_says_what_is_wrong_and_closes_nothing(self, inside, world, nadia, sent, field, sentence):
        answer = inside.post(address(world.service, "fermer"), sent)

        world.service.refresh_from_db()
        assert answer.status_code == 422
        assert sentence in plain(error_of(answer, field))
        assert world.service.active_until is None

    def test_who_manages_the_service_alone_raises_nobody(self, world, nadia, now):
        with pytest.raises(ClosingRefused):
            close(service_id=world.service.pk, people=Leaving.RAISE, by=world.person("service_modifier"), at=now)


class TestDeleting:
    def test_only_what_was_never_active(self, inside, world, now):
        future = ServiceFactory(structure=world.structure, code="FUTUR", active_from=now + DAY)

        answer = inside.post(address(future, "supprimer"), follow=True)
        refused = inside.post(address(world.service, "supprimer"))

        assert "Le service FUTUR est supprimé" in plain(answer.text)
        assert inside.get(future.get_absolute_url()).status_code in (200, 404)
        assert "il se ferme, il ne se supprime pas" in plain(refused.text)
        future.refresh_from_db()
        assert future.deleted_at == now


@pytest.mark.django_db(transaction=True)
@rounds
def test_closing_and_attaching_leave_rights_right(_, now):
    structure = StructureFactory()
    gp, service = make_gp(structure), ServiceFactory(structure=structure)
    other = ServiceFactory(structure=structure)
    make_member(structure, service)
    person = UserFactory()

    race(
        lambda: close(service_id=service.pk, people=Leaving.MOVE, move_to_id=other.pk, by=gp, at=now),
        lambda: attach(user_id=person.pk, structure_id=structure.pk, service_id=service.pk, by=gp, at=LONG_AGO),
    )

    service.refresh_from_db()
    assert service.active_until == now
    assert Attachment.objects.filter(service=other, ended_at=None).count() >= 1
