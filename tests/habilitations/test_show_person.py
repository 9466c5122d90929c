"""« Afficher un utilisateur » and « Mes contacts »: whom one works with, as far as one may see (domain, 1.5)."""

import pytest

from habilitations.operations.absences import declare_absence
from habilitations.operations.attachments import attach
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, StructureFactory, UserFactory
from tests.support.pages import by_id, plain, text_of, tree
from tests.support.people import make_gp, make_member
from tests.support.queries import count_queries

URL, CONTACTS = "/organisation/utilisateurs/afficher/", "/organisation/utilisateurs/contacts/"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def marc(world):
    marc = make_member(world.structure)
    marc.phone, marc.first_name, marc.last_name = "0123456789", "Marc", "Delaunay"
    marc.save()
    return marc


def whose(user, structure, service=None):
    return {"structure": structure.public_id, "service": service.public_id if service else "", "user": user.public_id}


class TestAPerson:
    def test_is_shown_with_levels_profiles_since_when_and_by_whom(self, login, gp, marc, world, now):
        attach(user_id=marc.pk, structure_id=world.structure.pk, service_id=world.service.pk, by=gp, at=now)

        page = text_of(tree(login(gp).get(URL, whose(marc, world.structure))))

        assert "Marc Delaunay" in page
        assert "BANQUE DE FRANCE Toute la structure 01/01/2022" in page or "Toute la structure" in page
        assert "FI_COMPTA" in page
        assert f"25/11/2026 10:30 {gp}" in page
        assert "Facturation modification" in page
        assert "0123456789" in page
        assert "Gérer ses habilitations" in page

    def test_a_colleague_sees_no_phone_nor_login_address_and_no_button(self, login, marc, world):
        type(marc).objects.filter(pk=marc.pk).update(
            contact_email="marc@work.example.org", contact_confirmed_at=LONG_AGO
        )

        page = text_of(tree(login(world.person("member")).get(URL, whose(marc, world.structure))))

        assert "marc@work.example.org" in page
        assert marc.email not in page
        assert "0123456789" not in page
        assert "Adresse de connexion" not in page
        assert "Gérer ses habilitations" not in page

    def test_elsewhere_stays_unsaid(self, login, gp, marc, world):
        secret = StructureFactory(legal_name="SECRET DEFENSE")
        attach(user_id=marc.pk, structure_id=secret.pk, by=None, at=LONG_AGO)

        assert "SECRET" not in login(gp).get(URL, whose(marc, world.structure)).text

    def test_of_another_structure_is_not_shown(self, login, gp, marc, world):
        stranger = make_member(world.elsewhere)

        for asked in (whose(stranger, world.elsewhere), whose(stranger, world.structure)):
            page = login(gp).get(URL, asked)
            assert page.status_code == 200
            assert stranger.last_name not in text_of(tree(page))

    def test_of_a_service_is_shown_to_who_works_there(self, login, world):
        colleague = make_member(world.structure, world.service)

        page = login(world.person("service_member")).get(URL, whose(colleague, world.structure, world.service))

        assert colleague.get_full_name() in plain(page.text)


class TestContacts:
    def test_are_those_one_works_with_and_who_approves(self, login, gp, marc, world, now):
        outsider = make_member(world.elsewhere)
        declare_absence(absent_from=now, absent_until=now.replace(month=12), by=gp, at=now)

        page = text_of(by_id(login(marc).get(CONTACTS), "liste"))

        assert str(gp) in page
        assert "Gestionnaire principal" in page
        assert "Absent jusqu’au 25/12/2026" in page
        assert "Peut approuver" in page
        assert outsider.email not in page
        assert marc.notices_email not in page

    def test_without_consultation_are_those_who_manage(self, login, gp, marc, world):
        manager = make_member(world.structure, profiles={Profile.ORGANISATION_MODIFICATION})

        page = text_of(tree(login(world.person("bare_member")).get(CONTACTS)))

        assert gp.notices_email in page
        assert manager.notices_email in page
        assert marc.notices_email not in page

    def test_of_a_service_are_its_people_and_who_manages(self, login, gp, marc, world):
        colleague = make_member(world.structure, world.service)
        other = make_member(world.structure, world.other_service)

        page = text_of(tree(login(world.person("service_member")).get(CONTACTS)))

        assert colleague.notices_email in page
        assert gp.notices_email in page
        assert marc.notices_email not in page
        assert other.notices_email not in page

    def test_are_filtered(self, login, gp, marc, world):
        client = login(world.person("member"))

        for asked, shown in (
            ({"q": "delau"}, {"marc"}),
            ({"role": "GP"}, {"gp"}),
            ({"structure": "banque"}, {"marc", "gp"}),
            ({"structure": world.structure.identifier}, {"marc", "gp"}),
            ({"service": "FI_COMPTA"}, set()),
        ):
            page = client.get(CONTACTS, asked).text
            found = {name for name, one in (("marc", marc), ("gp", gp)) if one.notices_email in page}
            assert found == shown, asked

    def test_of_who_does_not_act_are_left_out(self, login, gp, marc, world):
        type(marc).objects.filter(pk=marc.pk).update(state="SUSPENDU")

        assert marc.notices_email not in login(gp).get(CONTACTS).text

    def test_say_what_to_do_where_there_are_none(self, login, db):
        assert "Ils apparaissent avec votre premier rattachement." in plain(login(UserFactory()).get(CONTACTS).text)

    def test_cost_the_same_for_one_and_for_many(self, login, gp, marc, world):
        client = login(gp)
        few = count_queries(client, CONTACTS)
        for _ in range(24):
            make_member(world.structure)

        assert count_queries(client, CONTACTS) == few <= 7

    def test_in_a_private_structure_too(self, login, db):
        private = StructureFactory(private=True)
        gp, person = make_gp(private), make_member(private)

        assert gp.notices_email in login(person).get(CONTACTS).text
