"""« Créer une structure » and « Gérer une structure »: consult, change, put to sleep, wake up (domain, 3.2 to 3.4)."""

import pytest

from chorus_org.kernel.journal.models import Event
from habilitations.models import ApprovalRequest
from habilitations.operations.attachments import attach_person
from habilitations.operations.requests import ask_attachment
from habilitations.operations.structures import FoundingRefused, deactivate_structure, found_structure
from structures.models import Structure
from structures.operations import REACHING, StructureRefused, activate_structure, change_structure
from structures.profiles import Profile
from tests.support.factories import ServiceFactory, StructureFactory, UserFactory
from tests.support.htmx import HtmxPage
from tests.support.pages import elements, error_of, plain, text_of, tree
from tests.support.people import make_member
from tests.support.races import race, rounds

URL = "/organisation/structures/"
SIRET = "12345678200010"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def person(db):
    return UserFactory(first_name="Yves", last_name="Lambert")


@pytest.fixture
def typed():
    return {
        "identifier_type": "SIRET",
        "identifier": "123 456 782 00010",
        "legal_name": "ATELIER DU LITTORAL",
        "last_name": "",
        "first_name": "",
        "sector": "PRIVEE",
        **dict.fromkeys(REACHING, ""),
        "country": "FR",
        "vat_number": "",
    }


class TestCreating:
    def test_makes_its_creator_the_gp(self, login, person, typed):
        answer = login(person).post(f"{URL}creer/", typed, follow=True)

        structure = Structure.objects.get(identifier=SIRET)
        assert "L’envoi des données pour « Créer une structure »" in plain(answer.text)
        assert (structure.principal_manager, structure.name) == (person, "ATELIER DU LITTORAL")
        assert person.has_perm(Profile.ORGANISATION_MODIFICATION, structure)

    def test_a_private_person_needs_no_identifier(self, login, person, typed):
        form = {"identifier_type": "PARTICULIER", "identifier": "", "last_name": "Lambert", "first_name": "Yves"}

        login(person).post(f"{URL}creer/", typed | form)

        structure = Structure.objects.get(identifier_type="PARTICULIER")
        assert structure.name == "Yves Lambert"
        assert structure.identifier.startswith("PART-")

    def test_one_that_exists_leads_to_the_attachment_and_names_nobody(self, login, person, typed, world, gp):
        structure = world.structure

        answer = login(person).post(f"{URL}creer/", typed | {"identifier": structure.identifier})

        assert answer.status_code == 422
        assert "Cette structure existe déjà" in error_of(answer, "identifier")
        assert f"demander-rattachement/?identifier_type=SIRET&amp;identifier={structure.identifier}" in answer.text
        assert gp.last_name not in text_of(answer.text)

    def test_the_format_is_said_under_the_field_as_one_chooses(self, login, person):
        client = login(person)
        page = HtmxPage(client, client.get(f"{URL}creer/"))
        page.fill(identifier_type="RIDET")

        page.trigger("id_identifier_type")

        assert "Le RIDET compte 9 ou 10 chiffres." in text_of(page.by_id("identifiant"))

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"identifier": ""}, "identifier", "Saisissez l’identifiant de la structure."),
            ({"identifier": "12345678200011"}, "identifier", "La clé de ce SIRET est fausse"),
            ({"identifier": "123456782"}, "identifier", "Ceci est un SIREN"),
            ({"legal_name": ""}, "legal_name", "Saisissez la raison sociale."),
            ({"identifier_type": "PARTICULIER"}, "last_name", "Saisissez le nom."),
            ({"identifier_type": "RIDET", "identifier": "12"}, "identifier", "Le RIDET compte 9 ou 10 chiffres"),
            ({"sector": "PUBLIQUE"}, "sector", "créée par un exploitant"),
            ({"country": "1?"}, "country", "Saisissez le code du pays, par exemple FR."),
            ({"email": "x"}, "email", "Saisissez une adresse électronique complète"),
        ],
    )
    def test_says_what_is_wrong(self, login, person, typed, change, field, sentence):
        answer = login(person).post(f"{URL}creer/", typed | change)

        assert answer.status_code == 422
        assert sentence in plain(error_of(answer, field))
        assert not Structure.objects.exists()


def test_nobody_takes_the_companies_of_a_country(person, now):
    def create(number):
        found_structure(
            identifier_type="TAHITI",
            identifier=f"T{number:08}",
            sector="PRIVEE",
            legal_name="ATELIER",
            by=person,
            at=now,
        )

    for number in range(20):
        create(number)

    with pytest.raises(FoundingRefused, match="depuis hier"):
        create(20)


class TestManaging:
    @pytest.mark.parametrize(
        ("request_type", "verb"),
        [("CONSULTER", ""), ("MODIFIER", "modifier/"), ("ACTIVER", "activer/"), ("DESACTIVER", "desactiver/")],
    )
    def test_leads_to_what_is_asked(self, login, gp, world, request_type, verb):
        sent = {"request": request_type, "structure": str(world.structure.public_id)}

        answer = login(gp).post(f"{URL}gerer/", sent)

        assert answer.headers["Location"] == f"{world.structure.get_absolute_url()}{verb}"

    def test_an_address_may_name_what_one_came_for(self, login, gp):
        page = login(gp).get(f"{URL}gerer/?request=COORDONNEES_BANCAIRES")

        [chosen] = [
            dict(option.attributes)
            for option in elements(tree(page), "option")
            if "selected" in dict(option.attributes)
        ]
        assert chosen["value"] == "COORDONNEES_BANCAIRES"

    def test_of_another_is_refused(self, login, gp, world):
        sent = {"request": "MODIFIER", "structure": str(world.elsewhere.public_id)}

        assert login(gp).post(f"{URL}gerer/", sent).status_code == 422


class TestChanging:
    @pytest.fixture
    def changed(self, world):
        fields = {name: getattr(world.structure, name) for name in REACHING}
        return {**fields, "vat_number": "", "must_give": "LES_DEUX", "payment_status_hidden": "on"}

    def test_writes_the_address_and_the_parameters(self, login, gp, world, changed):
        address = f"{world.structure.get_absolute_url()}modifier/"
        answer = login(gp).post(address, changed | {"city": "LYON"}, follow=True)

        structure = Structure.objects.get(pk=world.structure.pk)
        assert "L’envoi des données pour « Modifier une structure »" in plain(answer.text)
        assert (structure.city, structure.payment_status_hidden) == ("LYON", True)
        assert (structure.engagement_number_required, structure.service_code_required) == (True, True)
        [event] = Event.objects.about(structure).filter(kind="structure.changed")
        assert "city" in event.details["fields"]

    def test_what_is_locked_does_not_change(self, login, gp, world, changed, now):
        forged = changed | {"identifier": "1", "legal_name": "PIRATE", "sector": "PRIVEE", "identity": "X"}

        login(gp).post(f"{world.structure.get_absolute_url()}modifier/", forged)

        structure = Structure.objects.get(pk=world.structure.pk)
        assert (structure.legal_name, structure.sector) == ("BANQUE DE FRANCE", "PUBLIQUE")
        with pytest.raises(StructureRefused, match="ne se changent pas ici"):
            change_structure(structure_id=structure.pk, legal_name="PIRATE", by=gp, at=now)

    def test_a_private_one_has_no_parameters(self, login, person, typed, now):
        structure = found_structure(
            identifier_type="SIRET", identifier=SIRET, sector="PRIVEE", legal_name="ATELIER", by=person, at=now
        )

        page = login(person).get(f"{structure.get_absolute_url()}modifier/").text

        assert "Le fournisseur doit renseigner" not in page


class TestSleeping:
    def test_says_what_it_stops_answers_what_waits_and_wakes_up_as_it_was(self, login, gp, world, now, mails):
        member = make_member(world.structure)
        asked = ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=now)
        attach_person(email="invitee@example.org", structure_ids=[world.structure.pk], by=gp, at=now)
        client, address = login(gp), world.structure.get_absolute_url()

        page = plain(client.get(f"{address}desactiver/").text)
        answer = client.post(f"{address}desactiver/", follow=True)

        assert "les droits des personnes (2), les services actifs (2), les demandes en cours" in page
        assert "BANQUE DE FRANCE est désactivée" in plain(answer.text)
        asked.refresh_from_db()
        assert (asked.status, asked.reason_text) == ("REFUSEE", "La structure a été désactivée.")
        assert world.structure.invitations.get().status == "ANNULEE"
        assert not member.has_perm(Profile.FACTURATION_CONSULTATION, world.structure)

        client.post(f"{address}activer/")

        assert member.has_perm(Profile.FACTURATION_CONSULTATION, world.structure)

    def test_only_its_gp_wakes_it_up(self, gp, world, now):
        manager = world.person("modifier")
        deactivate_structure(structure_id=world.structure.pk, by=manager, at=now)

        with pytest.raises(StructureRefused, match="gestionnaire principal"):
            activate_structure(structure_id=world.structure.pk, by=manager, at=now)
        activate_structure(structure_id=world.structure.pk, by=gp, at=now)
        with pytest.raises(StructureRefused, match="déjà active"):
            activate_structure(structure_id=world.structure.pk, by=gp, at=now)

    def test_is_not_for_who_does_not_manage_nor_twice(self, gp, world, now):
        with pytest.raises(FoundingRefused):
            deactivate_structure(structure_id=world.structure.pk, by=world.person("member"), at=now)
        deactivate_structure(structure_id=world.structure.pk, by=gp, at=now)
        with pytest.raises(FoundingRefused, match="déjà plus active"):
            deactivate_structure(structure_id=world.structure.pk, by=gp, at=now)

    def test_its_services_are_not_reachable_in_the_directory(self, client, gp, world, now):
        ServiceFactory(structure=world.structure, code="OUVERT")
        deactivate_structure(structure_id=world.structure.pk, by=gp, at=now)

        page = client.get(world.structure.directory_url).text

        assert "Joignable" not in page


@pytest.mark.django_db(transaction=True)
@rounds
def test_two_creations_of_one_siret_make_one(_, now):
    people = [UserFactory(), UserFactory()]

    outcomes = race(
        *(
            lambda by=by: found_structure(
                identifier_type="SIRET", identifier=SIRET, sector="PRIVEE", legal_name="ATELIER", by=by, at=now
            )
            for by in people
        )
    )

    structure = Structure.objects.get()
    assert sum(isinstance(one, Structure) for one in outcomes) == 1
    assert structure.principal_manager in people
    assert not ApprovalRequest.objects.exists()


def test_the_directory_has_no_private_structure_that_was_created(client, db, now):
    private = StructureFactory(private=True)

    assert client.get(private.directory_url).status_code == 404
