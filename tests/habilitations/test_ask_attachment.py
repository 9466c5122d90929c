"""« Demande de rattachement à une structure », followed, taken back (guide, 3.3; domain, 6.2)."""

from datetime import timedelta

import pytest

from chorus_org.leaving.operations.closing import erase_account
from chorus_org.leaving.personal_data import parts
from habilitations.models import ApprovalRequest
from habilitations.operations.attachments import attach
from habilitations.operations.decisions import refuse
from habilitations.operations.requests import RequestRefused, ask_attachment, expire
from habilitations.tasks import expire_requests
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.htmx import HtmxPage
from tests.support.pages import error_of, plain, text_of
from tests.support.people import make_gp, make_member
from tests.support.queries import count_queries
from users.models import User

URL, MINE = "/organisation/utilisateurs/demander-rattachement/", "/mon-compte/demandes/"
DAY = timedelta(days=1)


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def person(db):
    return UserFactory(first_name="Marc", last_name="Delaunay")


@pytest.fixture
def inside(login, person):
    return login(person)


@pytest.fixture
def typed(world, gp):
    return {
        "identifier_type": "SIRET",
        "identifier": f"{world.structure.identifier[:3]} {world.structure.identifier[3:]}",
        "level": "STRUCTURE",
        "service": "",
        "comment": "Je remplace Hervé.",
    }


def test_nobody_asks_the_whole_country(person, now):
    for structure in StructureFactory.create_batch(21):
        make_gp(structure)
        last = structure
        if ApprovalRequest.objects.count() < 20:
            ask_attachment(structure_id=structure.pk, by=person, at=now)

    with pytest.raises(RequestRefused, match="20 demandes en attente"):
        ask_attachment(structure_id=last.pk, by=person, at=now)


class TestAsking:
    def test_reaches_those_who_manage_and_is_followed(self, inside, person, world, gp, typed, mails):
        answer = inside.post(URL, typed, follow=True)

        assert answer.redirect_chain == [(MINE, 302)]
        assert "L’envoi des données pour « Demande de rattachement à une structure »" in plain(answer.text)
        asked = ApprovalRequest.objects.get()
        assert (asked.requester, asked.structure, asked.service) == (person, world.structure, None)
        assert (asked.profiles, asked.comment) == ([], "Je remplace Hervé.")
        [mail] = mails
        assert mail.recipient == gp.email
        assert "Marc Delaunay demande à rejoindre BANQUE DE FRANCE" in mail.subject
        assert "Je remplace Hervé." in mail.text
        page = plain(inside.get(f"{MINE}{asked.public_id}/").text)
        assert str(gp) in page
        assert "Expiration sans réponse" in page

    def test_for_one_service_with_wished_profiles(self, inside, world, typed):
        inside.post(
            URL, typed | {"level": "SERVICE", "service": "FI_COMPTA", "profiles": ["FACTURATION_CONSULTATION"]}
        )

        asked = ApprovalRequest.objects.get()
        assert (asked.service, asked.profiles) == (world.service, ["facturation_consultation"])

    def test_a_public_structure_shows_its_active_services_a_private_one_none(self, inside, world, typed, db):
        private = StructureFactory(private=True)
        ServiceFactory(structure=private, code="SECRET")

        public = inside.post(URL, typed | {"choisir": "1"})
        hidden = inside.post(URL, typed | {"choisir": "1", "identifier": private.identifier})

        assert "FI_COMPTA" in public.text
        assert "SECRET" not in hidden.text
        assert public.status_code == hidden.status_code == 200
        assert not ApprovalRequest.objects.exists()

    def test_a_wrong_siret_offers_the_public_establishments_of_its_siren(self, inside, world, typed):
        siren = world.structure.identifier[:9]
        StructureFactory(private=True, legal_name="ATELIER CACHE", identifier=f"{siren}99999")

        page = plain(inside.post(URL, typed | {"identifier": f"{siren}00001"}).text)

        assert "D’autres établissements publics portent le même SIREN" in page
        assert world.structure.name in page
        assert "ATELIER CACHE" not in page

    def test_the_structure_found_is_named_at_once(self, inside, world, gp):
        page = HtmxPage(inside, inside.get(URL))
        page.fill(identifier=world.structure.identifier)

        page.trigger("id_identifier")

        assert "Trouvée BANQUE DE FRANCE, 75001 Paris" in text_of(page.by_id("structure-trouvee")) or (
            "BANQUE DE FRANCE" in text_of(page.by_id("structure-trouvee"))
        )

    def test_a_public_structure_is_found_by_name_and_town_never_a_private_one(self, inside, world):
        StructureFactory(private=True, legal_name="BANQUE PRIVEE", city="Paris")

        page = plain(inside.get(URL, {"q": "banque paris"}).text)

        assert "BANQUE DE FRANCE" in page
        assert "BANQUE PRIVEE" not in page
        assert "Aucune entité publique ne répond" in plain(inside.get(URL, {"q": "introuvable"}).text)

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"identifier": ""}, "identifier", "Saisissez l’identifiant de la structure"),
            ({"identifier": "572104891"}, "identifier", "Ceci est un SIREN"),
            ({"identifier": "57210489100014"}, "identifier", "La clé de ce SIRET est fausse"),
            ({"identifier": "21640122400011"}, "identifier", "Aucune structure ne porte cet identifiant"),
            ({"level": ""}, "level", "Choisissez le niveau du rattachement."),
            ({"level": "SERVICE", "service": ""}, "service", "Choisissez le service, ou saisissez son code"),
            ({"level": "SERVICE", "service": "X"}, "service", "Choisissez une valeur de la liste."),
            ({"comment": "x" * 501}, "comment", "500 caractères au plus ; il y en a 501. Raccourcissez."),
        ],
    )
    def test_what_is_wrong_is_said_where_and_kept(self, inside, typed, change, field, sentence):
        answer = inside.post(URL, typed | change)

        assert answer.status_code == 422
        assert error_of(answer, field).startswith(sentence)
        assert not ApprovalRequest.objects.exists()

    def test_costs_six_queries_at_most(self, inside, gp):
        assert count_queries(inside, URL) <= 4


class TestWhatIsRefused:
    def ask(self, world, person, now, **more):
        return ask_attachment(structure_id=world.structure.pk, by=person, at=now, **more)

    def test_an_inactive_structure(self, world, gp, person, now):
        type(world.structure).objects.update(is_active=False)

        with pytest.raises(RequestRefused, match="n’est plus active"):
            self.ask(world, person, now)

    @pytest.mark.parametrize("service", [False, True])
    def test_who_is_attached_already_at_this_level(self, world, gp, person, now, service):
        level = world.service.pk if service else None
        attach(user_id=person.pk, structure_id=world.structure.pk, service_id=level, by=None, at=LONG_AGO)

        with pytest.raises(RequestRefused, match="déjà rattaché à ce niveau"):
            self.ask(world, person, now, service_id=level)

    def test_a_service_of_a_structure_that_one_is_attached_to(self, world, gp, person, now):
        attach(user_id=person.pk, structure_id=world.structure.pk, by=None, at=LONG_AGO)

        with pytest.raises(RequestRefused, match="ses services compris"):
            self.ask(world, person, now, service_id=world.service.pk)

    def test_who_asked_already(self, world, gp, person, now):
        self.ask(world, person, now)

        with pytest.raises(RequestRefused, match="Vous avez déjà une demande en cours"):
            self.ask(world, person, now)

    def test_where_nobody_can_answer(self, world, person, now):
        gp = make_gp(world.structure)
        User.objects.filter(pk=gp.pk).update(state="SUSPENDU")

        with pytest.raises(RequestRefused, match="Personne ne peut répondre"):
            self.ask(world, person, now)

    def test_after_three_refusals_not_before_thirty_days(self, world, gp, person, now):
        for number in range(3):
            asked = self.ask(world, person, now + number * DAY)
            refuse(request_id=asked.pk, reason_code="INCONNU", by=gp, at=now + number * DAY)

        with pytest.raises(RequestRefused, match="à partir du 27/12/2026 à 10:30"):
            self.ask(world, person, now + 3 * DAY)
        assert self.ask(world, person, now + 33 * DAY)


class TestMyRequests:
    def test_are_mine_alone(self, login, world, gp, person, now):
        asked = ask_attachment(structure_id=world.structure.pk, by=person, at=now)
        other = login(UserFactory())

        assert other.get(f"{MINE}{asked.public_id}/").status_code == 404
        assert other.post(f"{MINE}{asked.public_id}/retirer/").status_code == 404
        assert "BANQUE DE FRANCE" not in other.get(MINE).text

    def test_of_a_private_structure_say_how_many_may_answer_and_never_who(self, inside, person, now):
        private = StructureFactory(private=True)
        gp = make_gp(private)
        asked = ask_attachment(structure_id=private.pk, by=person, at=now)

        page = plain(inside.get(f"{MINE}{asked.public_id}/").text)

        assert "1 personne peut répondre." in page
        assert gp.last_name not in page

    def test_are_taken_back_once(self, inside, person, world, gp, mails, now):
        asked = ask_attachment(structure_id=world.structure.pk, by=person, at=now)
        url = f"{MINE}{asked.public_id}/retirer/"

        first, second = inside.post(url, {"a": "1"}), inside.post(url, {"a": "1"})

        assert (first.status_code, second.status_code) == (302, 409)
        asked.refresh_from_db()
        assert asked.status == "ANNULEE"
        assert [mail.kind for mail in mails.to(gp.email)][-1] == "habilitations/request_withdrawn"

    def test_tell_why_they_were_refused(self, inside, person, world, gp, now):
        asked = ask_attachment(structure_id=world.structure.pk, by=person, at=now)
        refuse(request_id=asked.pk, reason_code="AUTRE", reason_text="Appelez-moi.", by=gp, at=now)

        page = plain(inside.get(f"{MINE}{asked.public_id}/").text)

        assert "Autre motif" in page
        assert "Appelez-moi." in page

    def test_lapse_after_sixty_days_and_the_requester_is_told(self, person, world, gp, mails, now):
        asked = ask_attachment(structure_id=world.structure.pk, by=person, at=now)

        expire_requests(at=now + 60 * DAY - timedelta.resolution)
        asked.refresh_from_db()
        assert asked.is_pending
        for _ in range(2):
            expire_requests(at=now + 60 * DAY)
            expire(request_id=asked.pk, at=now + 60 * DAY)

        asked.refresh_from_db()
        assert (asked.status, asked.decided_by) == ("EXPIREE", None)
        assert [mail.kind for mail in mails.to(person.email)] == ["habilitations/request_expired"]


@pytest.mark.parametrize("page", ["/mon-compte/rattachements/", "/mon-compte/habilitations/"])
def test_what_i_may_do_is_shown_as_it_is_and_costs_the_same(login, world, page):
    member = make_member(world.structure)
    inside = login(member)
    with_one = count_queries(inside, page)
    for structure in StructureFactory.create_batch(3):
        attach(user_id=member.pk, structure_id=structure.pk, by=None, at=LONG_AGO)

    assert "BANQUE DE FRANCE" in inside.get(page).text
    assert count_queries(inside, page) == with_one <= 6


def test_an_erased_person_asks_nothing_any_more_and_their_words_are_gone(world, gp, person, now):
    asked = ask_attachment(structure_id=world.structure.pk, comment="Je suis Marc", by=person, at=now)

    erase_account(user_id=person.pk, at=now)

    asked.refresh_from_db()
    assert (asked.status, asked.comment) == ("ANNULEE", "")


def test_one_s_data_hold_one_s_requests(inside, world, gp, person, now):
    ask_attachment(structure_id=world.structure.pk, comment="Je remplace Hervé", by=person, at=now)

    [part] = [part for part in parts(person, at=now) if part.title == "Vos demandes"]

    assert part.rows[0]["état"] == "En cours de validation"
    assert "Je remplace Hervé" in part.rows[0].values()
