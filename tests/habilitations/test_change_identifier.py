"""« Changer l’identifiant (SIRET) »: one company, another establishment, everything follows (domain, 3.6)."""

import pytest

from habilitations.invariants import findings
from habilitations.models import ApprovalRequest, Attachment, Invitation
from habilitations.operations.attachments import attach
from habilitations.operations.closing import close
from habilitations.operations.renumbering import RenumberingRefused, change_identifier
from habilitations.operations.requests import RequestRefused, ask_attachment
from services.models import Service
from structures.models import Structure
from structures.operations import StructureRefused
from structures.profiles import Profile
from tests.support.factories import StructureFactory, UserFactory, another_siret
from tests.support.pages import error_of, plain
from tests.support.people import make_gp, make_member
from tests.support.queries import operation_queries
from tests.support.races import race, rounds
from users.models import User

URL = "/organisation/structures/"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def number(world):
    """Another SIRET of the same company."""
    return another_siret(world.structure)


def change(structure, number, by, at):
    return change_identifier(structure_id=structure.pk, identifier=number, by=by, at=at)


class TestWhatFollows:
    def test_the_structure_its_services_and_its_manager(self, world, gp, number, now):
        Structure.objects.filter(pk=world.structure.pk).update(city="Lyon", service_code_required=True)

        new = change(world.structure, number, gp, now)

        world.structure.refresh_from_db()
        assert (new.identifier, new.city, new.service_code_required, new.origin) == (
            number,
            "Lyon",
            True,
            world.structure,
        )
        assert (new.principal_manager, world.structure.principal_manager) == (gp, None)
        assert (new.is_active, world.structure.is_active) == (True, False)
        codes = Service.objects.filter(structure=new).values_list("code", "active_from")
        assert set(codes) == set(Service.objects.filter(structure=world.structure).values_list("code", "active_from"))
        assert gp.has_perm(Profile.ORGANISATION_MODIFICATION, new)

    def test_each_attachment_with_its_level_its_dates_and_its_profiles(self, world, gp, number, now):
        member = make_member(world.structure, world.service)
        since = member.attachments.get().started_at

        new = change(world.structure, number, gp, now)

        [old, attachment] = Attachment.objects.of(member).order_by("pk")
        assert (old.ended_at, old.ended_by) == (now, gp)
        assert (attachment.structure, attachment.service.code) == (new, world.service.code)
        assert (attachment.started_at, attachment.ended_at) == (since, None)
        assert member.has_perm(Profile.FACTURATION_MODIFICATION, attachment.service)
        assert not member.has_perm(Profile.FACTURATION_MODIFICATION, world.service)
        assert not member.has_perm(Profile.FACTURATION_MODIFICATION, new)
        assert list(findings()) == []

    def test_requests_and_invitations_that_wait_and_no_others(self, world, gp, number, now):
        waiting, invited = world.asked, world.invited
        decided = ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=now)
        attach(user_id=decided.requester_id, structure_id=world.structure.pk, by=gp, at=now)

        new = change(world.structure, number, gp, now)

        structures = {one.pk: one.structure_id for one in ApprovalRequest.objects.all()}
        assert (structures[waiting.pk], structures[decided.pk]) == (new.pk, world.structure.pk)
        assert Invitation.objects.get(pk=invited.pk).structure == new
        assert Invitation.objects.waiting().filter(pk=invited.pk).exists()
        assert list(findings()) == []

    def test_each_person_is_told_once(self, world, gp, number, now, mails):
        member = make_member(world.structure, world.service)
        asking = world.asked.requester

        change(world.structure, number, gp, now)

        told = [mail for mail in mails if "change de SIRET" in mail.subject]
        attached = User.objects.filter(attachments__structure__origin=world.structure)
        assert {gp, member} <= set(attached)
        assert sorted(mail.recipient for mail in told) == sorted({asking.email, *(each.email for each in attached)})
        assert f"SIRET {number}, à la place du SIRET {world.structure.identifier}" in plain(told[0].text)

    def test_a_closed_service_and_who_stayed_there(self, world, gp, number, now):
        member = make_member(world.structure, world.service)
        close(service_id=world.service.pk, by=gp, at=now)

        change(world.structure, number, gp, now)

        attachment = Attachment.objects.of(member).get(ended_at=None)
        assert attachment.service.code == world.service.code
        assert attachment.service.active_until == now

    def test_no_more_queries_for_more_people(self, world, gp, number, now):
        def cost(structure, by):
            with operation_queries() as queries:
                change(structure, another_siret(structure), by, now)
            return len(queries)

        make_member(world.structure)
        few = cost(world.structure, gp)
        many = StructureFactory()
        manager = make_gp(many)
        for _ in range(20):
            make_member(many)

        assert cost(many, manager) <= few


class TestRefusals:
    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("{other}", "commencer par le même SIREN"),
            ("{same}", "déjà le SIRET de cette structure"),
            ("{same}1", "14 chiffres"),
            ("", "Saisissez le nouveau SIRET"),
        ],
    )
    def test_are_said_at_the_field(self, login, world, gp, typed, sentence):
        typed = typed.format(other=world.elsewhere.identifier, same=world.structure.identifier)

        page = login(gp).post(f"{URL}{world.structure.public_id}/changer-identifiant/", {"identifier": typed})

        assert page.status_code == 422
        assert sentence in plain(error_of(page, "identifier"))
        assert Structure.objects.filter(is_active=True, pk=world.structure.pk).exists()

    def test_a_wrong_key(self, world, gp, number, now):
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

        with pytest.raises(RenumberingRefused, match="clé"):
            change(world.structure, wrong, gp, now)

    def test_a_number_that_is_taken_changes_nothing(self, world, gp, number, now):
        StructureFactory(identifier=number)

        with pytest.raises(StructureRefused, match="porte déjà"):
            change(world.structure, number, gp, now)

        world.structure.refresh_from_db()
        assert world.structure.is_active
        assert world.structure.principal_manager == gp

    def test_who_may_not(self, world, number, now):
        with pytest.raises(RenumberingRefused):
            change(world.structure, number, world.person("service_modifier"), now)


class TestTheFormerAddress:
    def test_leads_who_is_attached_to_the_new_one(self, login, world, gp, number, now):
        new = change(world.structure, number, gp, now)

        page = login(gp).get(world.structure.get_absolute_url())

        assert (page.status_code, page.url) == (302, new.get_absolute_url())
        assert login(UserFactory()).get(world.structure.get_absolute_url()).status_code == 404

    def test_leads_to_the_last_of_several(self, login, world, gp, number, now):
        second = change(world.structure, number, gp, now)
        third = change(second, another_siret(second, "0100"), gp, now)

        assert login(gp).get(world.structure.get_absolute_url()).url == third.get_absolute_url()

    def test_leads_suppliers_there_too(self, client, world, gp, number, now):
        new = change(world.structure, number, gp, now)

        page = client.get(world.structure.directory_url)

        assert (page.status_code, page.url) == (301, new.directory_url)

    def test_of_a_service_leads_to_it_under_the_new_number(self, login, world, gp, number, now):
        new = change(world.structure, number, gp, now)
        copied = Service.objects.get(structure=new, code=world.service.code)

        page = login(gp).get(world.service.get_absolute_url())

        assert (page.status_code, page.url) == (302, copied.get_absolute_url())
        assert login(UserFactory()).get(world.service.get_absolute_url()).status_code == 404

    def test_is_named_to_who_asks_for_the_former_one(self, world, gp, number, now):
        change(world.structure, number, gp, now)

        with pytest.raises(RequestRefused, match=f"continue sous l’identifiant {number}"):
            ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=now)


def test_the_journey(login, world, gp, number):
    client = login(gp)
    page = client.post(f"{URL}gerer/", {"request": "CHANGER_IDENTIFIANT", "structure": world.structure.public_id})
    asked = client.get(page.url)
    done = client.post(page.url, {"identifier": f"{number[:9]} {number[9:]}"}, follow=True)

    assert "Cela ne se défait pas" in plain(asked.text)
    assert f"a maintenant le SIRET {number}" in plain(done.text)


@pytest.mark.django_db(transaction=True)
@rounds
def test_two_changes_at_once_make_one(_, world, now):
    gp, modifier = world.person("gp"), world.person("modifier")
    numbers = [another_siret(world.structure, nic) for nic in ("0098", "0099")]

    outcomes = race(
        *(
            lambda n=n, by=by: change(world.structure, n, by, now)
            for n, by in zip(numbers, (gp, modifier), strict=True)
        )
    )

    assert sum(isinstance(one, Structure) for one in outcomes) == 1
    assert sum(isinstance(one, RenumberingRefused) for one in outcomes) == 1
    assert Structure.objects.filter(origin=world.structure).count() == 1
    assert list(findings()) == []


@pytest.mark.django_db(transaction=True)
@rounds
def test_an_attachment_at_the_same_moment_is_not_left_behind(_, world, now):
    gp, person = world.person("gp"), UserFactory()

    outcomes = race(
        lambda: change(world.structure, another_siret(world.structure), gp, now),
        lambda: attach(user_id=person.pk, structure_id=world.structure.pk, by=gp, at=now),
    )

    assert isinstance(outcomes[0], Structure)
    live = Attachment.objects.of(person).filter(ended_at=None)
    assert not live.filter(structure=world.structure).exists()
    assert live.exists() or isinstance(outcomes[1], Exception)
    assert list(findings()) == []
