"""What the search of each list finds, what its pages lead to, and what they cost."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from chorus_org.kernel.journal.models import Event
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from habilitations.operations.attachments import attach
from services.models import Service
from structures.models import Structure
from tests.support.explain import plan_of
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory, siret
from tests.support.mail import queue
from tests.support.operators import MODELS, address, make_staff
from tests.support.pages import elements, plain, text_of, tree
from tests.support.people import appoint_to, make_gp, make_member
from tests.support.queries import count_queries
from users.models import User


@pytest.fixture
def staff(login, db):
    return login(make_staff("administrateur"))


def found(staff, model, text):
    """The rows that the search of a list shows, in its order."""
    answer = staff.get(address(model, "changelist", q=text))
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


class TestPeople:
    @pytest.fixture
    def person(self, db):
        UserFactory(email="autre@example.org", last_name="Autre", first_name="Jean")
        return UserFactory(email="claire@example.org", last_name="Lefèvre-Vasseur", first_name="Éléonore Claire")

    @pytest.mark.parametrize(
        "text",
        [
            "claire@example.org",
            "  Claire@EXAMPLE.org ",
            "Lefèvre",
            "LEFEVRE",
            "lefev",
            "vasseur",
            "Eleonore",
            "claire",
            "Éléonore Lefèvre",
            "lefevre vasseur cl",
        ],
    )
    def test_a_person_is_found_by_address_and_by_name(self, staff, person, text):
        assert found(staff, User, text) == [person]

    def test_a_person_is_found_by_public_id(self, staff, person):
        assert found(staff, User, str(person.public_id)) == [person]
        assert found(staff, User, person.public_id.hex.upper()) == [person]

    @pytest.mark.parametrize(
        "text", ["aire", "nobody@example.org", "claire@", "%", "_", "___", ".*", "\\", "日本", "(", "x" * 300]
    )
    def test_what_names_nobody_finds_nobody(self, staff, person, text):
        assert found(staff, User, text) == []

    def test_the_page_leads_to_what_the_person_works_for(self, staff, world):
        person = make_member(world.structure, world.service)
        make_member(world.structure)

        links = links_of(staff, person)

        assert list(links) == [
            "Suspendre le compte",
            "Fermer les sessions",
            "Changer l’adresse de connexion",
            "Rattachements",
            "Habilitations sur les structures",
            "Habilitations sur les services",
            "Historique",
        ]
        assert shown(staff, links["Rattachements"]) == list(person.attachments.all())
        assert shown(staff, links["Habilitations sur les structures"]) == []
        assert set(shown(staff, links["Habilitations sur les services"])) == set(person.servicehabilitations.all())
        assert {event.subject_id for event in shown(staff, links["Historique"])} == {person.public_id}


class TestStructures:
    @pytest.fixture
    def structure(self, db):
        StructureFactory(legal_name="COMMUNE DE SAINT-ÉLOI")
        return StructureFactory(legal_name="ÉCOLE DES CHARTES", identifier=siret(7654321))

    @pytest.mark.parametrize("text", ["{0}", "{1}", " {0} ", "{2}"])
    def test_a_structure_is_found_by_its_siret_however_it_is_spaced_or_by_its_siren(self, staff, structure, text):
        number = structure.identifier
        spaced = f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"

        assert found(staff, Structure, text.format(number, spaced, number[:9])) == [structure]

    @pytest.mark.parametrize("text", ["ÉCOLE DES CHARTES", "ecole des ch", "  École, des Chartes", "e"])
    def test_a_structure_is_found_by_the_beginning_of_its_name(self, staff, structure, text):
        assert found(staff, Structure, text) == [structure]

    def test_a_structure_is_found_by_public_id(self, staff, structure):
        assert found(staff, Structure, str(structure.public_id)) == [structure]

    def test_a_private_person_is_found_by_name_and_a_foreigner_by_a_spaced_identifier(self, staff):
        person = StructureFactory(
            identifier_type="PARTICULIER",
            identifier="PART-0123456789",
            legal_name="",
            last_name="Nguyễn",
            first_name="Lê",
        )
        foreigner = StructureFactory(identifier_type="HORS_UE", identifier="CHSCHWEIZER BUND", legal_name="BUND")

        assert found(staff, Structure, "part-0123456789") == [person]
        assert found(staff, Structure, "chschweizer  bund") == [foreigner]

    @pytest.mark.parametrize("text", ["%", "_", "\\", "—", "日本", "CHARTES", "99999999999999"])
    def test_what_names_no_structure_finds_none(self, staff, structure, text):
        assert found(staff, Structure, text) == []

    def test_names_and_identifiers_are_searched_by_their_indexes(self, staff, structure):
        Structure.objects.bulk_create(StructureFactory.build_batch(2000))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE structures_structure")

        plan = plan_of(staff.get(address(Structure, "changelist", q="ecole")).context["cl"].queryset)

        assert "structures_structure" not in plan.scanned

    def test_the_page_leads_to_services_people_manager_and_history(self, staff, world):
        gp = make_gp(world.structure)
        member = make_member(world.structure, world.service)
        make_gp(world.elsewhere)

        links = links_of(staff, world.structure)
        page = staff.get(address(Structure, "change", world.structure.pk)).text

        assert f'<a href="{address(User, "change", gp.pk)}">{gp}</a>' in page
        assert set(shown(staff, links["Services"])) == {world.service, world.other_service}
        assert {row.user for row in shown(staff, links["Rattachements"])} == {gp, member}
        assert {row.user for row in shown(staff, links["Habilitations sur la structure"])} == {gp}
        assert {row.user for row in shown(staff, links["Habilitations sur ses services"])} == {member}
        assert {event.subject_id for event in shown(staff, links["Historique"])} == {gp.public_id, member.public_id}

    def test_those_without_a_manager_can_be_listed(self, staff, world):
        make_gp(world.structure)
        at = address(Structure, "changelist")

        assert shown(staff, f"{at}?gestionnaire=sans") == [world.elsewhere]
        assert shown(staff, f"{at}?gestionnaire=avec") == [world.structure]
        assert len(shown(staff, f"{at}?gestionnaire=x")) == 2


class TestServices:
    @pytest.mark.parametrize("text", ["FI_COMPTA", "fi_c", "compta", "reglement", "fournisseurs Comptabilité"])
    def test_a_service_is_found_by_code_and_by_label(self, staff, world, text):
        Service.objects.filter(pk=world.service.pk).update(label="Comptabilité et règlement fournisseurs")

        assert found(staff, Service, text) == [world.service]

    def test_services_are_found_by_their_structure_and_one_by_its_public_id(self, staff, world):
        ServiceFactory()

        for text in (
            world.structure.identifier,
            f" {world.structure.identifier[:9]} {world.structure.identifier[9:]}",
        ):
            assert set(found(staff, Service, text)) == {world.service, world.other_service}
        assert set(found(staff, Service, str(world.structure.public_id))) == {world.service, world.other_service}
        assert found(staff, Service, str(world.service.public_id)) == [world.service]

    @pytest.mark.parametrize("text", ["%", "FI%COMPTA", "OMPTA", "99999999999999"])
    def test_what_names_no_service_finds_none(self, staff, world, text):
        assert found(staff, Service, text) == []

    def test_the_page_leads_to_people_and_history(self, staff, world):
        member = make_member(world.structure, world.service)
        make_member(world.structure, world.other_service)

        links = links_of(staff, world.service)

        assert [row.user for row in shown(staff, links["Rattachements"])] == [member]
        assert {row.user for row in shown(staff, links["Habilitations sur ce service"])} == {member}
        assert shown(staff, links["Historique"]) == []


class TestRights:
    @pytest.fixture
    def member(self, world):
        make_member(world.elsewhere)
        return make_member(world.structure, world.service)

    @pytest.fixture
    def names(self, world, member):
        """Whatever names the attachment of the member."""
        return [
            member.email.upper(),
            str(member.public_id),
            world.structure.identifier,
            str(world.structure.public_id),
            str(world.service.public_id),
        ]

    def test_an_attachment_is_found_by_whatever_it_joins(self, staff, member, names):
        [attachment] = member.attachments.all()

        for text in (*names, str(attachment.public_id)):
            assert found(staff, Attachment, text) == [attachment]

    def test_a_habilitation_is_found_by_whatever_it_joins(self, staff, member, names):
        for text in names:
            assert set(found(staff, ServiceHabilitation, text)) == set(member.servicehabilitations.all())

    def test_a_habilitation_on_a_structure_is_found_by_whatever_it_joins(self, staff, world, member):
        gp = make_gp(world.structure)

        for text in (gp.email, str(gp.public_id), world.structure.identifier, str(world.structure.public_id)):
            assert set(found(staff, StructureHabilitation, text)) == set(gp.structurehabilitations.all())

    @pytest.mark.parametrize("model", [Attachment, StructureHabilitation, ServiceHabilitation])
    @pytest.mark.parametrize("text", ["personne", "%", "8d7b2f0a-0000-4000-8000-000000000000"])
    def test_what_names_nothing_finds_nothing(self, staff, member, model, text):
        assert found(staff, model, text) == []

    def test_profiles_are_shown_by_their_label(self, staff, world):
        make_gp(world.structure)

        text = staff.get(address(StructureHabilitation, "changelist")).text

        assert "Organisation modification" in text
        assert "organisation_modification" not in text

    def test_attachments_in_force_can_be_listed(self, staff, world, now):
        live, over = make_member(world.structure), make_member(world.structure)
        over.attachments.update(ends_at=LONG_AGO.replace(year=2024))
        at = address(Attachment, "changelist")

        assert [row.user for row in shown(staff, f"{at}?etat=en-cours")] == [live]
        assert [row.user for row in shown(staff, f"{at}?etat=autres")] == [over]


class TestJournal:
    def test_events_are_found_by_author_object_and_structure(self, staff, world):
        gp = make_gp(world.structure)
        member = UserFactory()
        attach(user_id=member.pk, structure_id=world.structure.pk, by=gp, at=LONG_AGO)
        make_gp(world.elsewhere)
        by_gp = Event.objects.filter(actor_id=gp.public_id)

        assert set(by_gp) < set(found(staff, Event, str(gp.public_id)))
        assert set(found(staff, Event, str(member.public_id))) == set(by_gp)
        assert set(found(staff, Event, str(world.structure.public_id))) == set(
            Event.objects.filter(scope_id=world.structure.public_id)
        )

    @pytest.mark.parametrize("text", ["account.suspended", "%", "8d7b2f0a-0000-4000-8000-000000000000"])
    def test_what_is_not_a_public_id_of_the_journal_finds_nothing(self, staff, world, text):
        make_gp(world.structure)

        assert found(staff, Event, text) == []

    def test_what_an_event_names_is_looked_up_and_leads_to_its_page(self, staff, world):
        gp = make_gp(world.structure)
        member = make_member(world.structure, world.service)
        attachment_opened = Event.objects.about(member).get(kind="attachment.opened")

        listed = staff.get(address(Event, "changelist", q=str(member.public_id))).text
        page = staff.get(address(Event, "change", attachment_opened.pk)).text

        for shown_text in (listed, page):
            assert f'<a href="{address(User, "change", member.pk)}">{member}</a>' in shown_text
            assert f'<a href="{address(Structure, "change", world.structure.pk)}">{world.structure}</a>' in shown_text
            assert "La plateforme" in shown_text
        assert f'service\u00a0: <a href="{address(Service, "change", world.service.pk)}">' in page
        assert str(gp) not in page

    def test_profiles_and_roles_are_told_in_the_details(self, staff, world):
        make_member(world.structure)
        granted = Event.objects.filter(kind="profiles.granted").last()
        made = Event.objects.filter(kind="operator.made").last()

        assert "profils : cession_consultation, " in plain(staff.get(address(Event, "change", granted.pk)).text)
        assert "rôle : administrateur" in plain(staff.get(address(Event, "change", made.pk)).text)

    def test_what_nothing_answers_to_any_more_is_shown_as_its_id(self, staff, now):
        gone = UserFactory.build()
        event = Event.objects.record(
            "account.suspended", by=gone, subject=gone, at=now, figures={"n": 3}, nothing=None
        )

        page = staff.get(address(Event, "change", event.pk)).text

        assert page.count(str(gone.public_id)) == 2
        assert "figures : {&quot;n&quot;: 3}" in plain(page)
        assert "nothing" not in page

    def test_kinds_can_be_listed(self, staff, world):
        make_gp(world.structure)

        listed = shown(staff, f"{address(Event, 'changelist')}?kind__exact=principal_manager.appointed")

        assert [event.kind for event in listed] == ["principal_manager.appointed"]


def test_who_may_not_see_an_object_reads_its_id_alone(login, world):
    """No role is so narrow; the journal still names only what its reader may see."""
    reader = world.person("operator")
    reader.user_permissions.add(Permission.objects.get(codename="view_event"))
    gp = make_gp(world.structure)

    listed = login(reader).get(address(Event, "changelist")).text

    assert str(gp.public_id) in listed
    assert str(gp) not in listed
    assert "BANQUE DE FRANCE" not in listed


def test_only_those_who_read_the_journal_are_led_to_it(login, world):
    person = UserFactory()

    assert "Historique" not in links_of(login(make_staff("support")), person)
    assert "Historique" in links_of(login(make_staff("auditeur")), person)


def test_beyond_a_thousand_rows_one_is_asked_to_search(staff, world):
    StructureFactory.create_batch(1005)

    answer = staff.get(address(Structure, "changelist", p=20))

    assert answer.context["cl"].result_count == 1000
    assert "précisez la recherche" in answer.text
    assert "précisez la recherche" not in staff.get(address(Structure, "changelist", q="BANQUE")).text


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_for_one_row_and_for_many(staff, world, model):
    person = make_member(world.structure, world.service)
    appoint_to(world.structure, person)
    queue()
    url = address(model, "changelist")
    with_one = count_queries(staff, url)
    for structure in StructureFactory.create_batch(12):
        service = ServiceFactory(structure=structure)
        make_gp(structure)
        make_member(structure, service)
        queue()

    assert count_queries(staff, url) == with_one <= (16 if model is Event else 6)  # one a model that has a public id


@pytest.mark.parametrize("model", MODELS)
def test_a_page_costs_the_same_whatever_belongs_to_its_object(staff, world, model):
    appoint_to(world.structure, make_member(world.structure, world.service))
    assert world.asked
    assert world.invited
    assert world.proposal
    assert world.published
    assert world.news
    assert world.ticket
    queue()
    url = address(model, "change", model._default_manager.order_by("pk").first().pk)
    with_one = count_queries(staff, url)
    for _ in range(5):
        make_member(world.structure, ServiceFactory(structure=world.structure))

    assert count_queries(staff, url) == with_one <= 15


def links_of(staff, obj):
    """What the page of an object leads to, under its title: {words: address}."""
    answer = staff.get(address(type(obj), "change", obj.pk))
    [tools] = [element for element in elements(tree(answer), "ul") if dict(element.attributes).get("class") == "tools"]
    return {text_of(link): dict(link.attributes)["href"] for link in elements(tools, "a")}


def shown(staff, url):
    return list(staff.get(url).context["cl"].result_list)
