"""« Désactiver mon compte » (domain, 2.8): everything sleeps, nothing is lost, a structure keeps its manager."""

from datetime import timedelta

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.operations.closing import LeavingRefused, close_account
from habilitations.models import Attachment, StructureHabilitation
from habilitations.operations.principal_manager import PrincipalManagerRefused, appoint
from structures.models import Structure
from structures.profiles import Profile
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.operators import rows
from tests.support.pages import error_of, plain, summary_of
from tests.support.races import race
from users.models import AccountState, Link, LinkPurpose, Session, User
from users.operations.links import issue_link

URL = "/mon-compte/fermer/"
MINE = "/organisation/structures/"


@pytest.fixture
def member(world):
    return world.person("member")


@pytest.fixture
def inside(client, member):
    client.post("/comptes/login/", {"login": member.email, "password": PASSWORD})
    return client


def test_the_account_sleeps_and_every_session_ends(inside, member, now):
    elsewhere = StrictClient()
    elsewhere.force_login(member)

    answer = inside.post(URL, {"leaving": "DESACTIVER"})

    member.refresh_from_db()
    assert answer.headers["Location"] == "/"
    assert "Votre compte est désactivé" in inside.get("/").text
    assert (member.state, member.state_since, member.erasure_asked_at) == (AccountState.DESACTIVE, now, None)
    assert [client.get(MINE).status_code for client in (inside, elsewhere)] == [302, 302]
    assert not Session.objects.filter(user=member).exists()
    [event] = Event.objects.about(member).filter(kind="account.closed")
    assert (event.actor_id, event.details) == (member.public_id, {"erase": False})


def test_its_rights_sleep_and_no_row_changes(inside, member, world):
    before = rows(Attachment, StructureHabilitation, Structure)
    inside.post(URL, {"leaving": "DESACTIVER"})

    assert rows(Attachment, StructureHabilitation, Structure) == before
    assert not User.objects.get(pk=member.pk).has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)


@pytest.mark.parametrize(("leaving", "erased"), [("DESACTIVER", False), ("SUPPRIMER", True)])
def test_the_mail_says_until_when_one_may_come_back_and_what_is_erased(inside, member, mails, leaving, erased, now):
    inside.post(URL, {"leaving": leaving})

    [mail] = mails.to(member.email)
    text = plain(mail.text)
    assert "Jusqu’au 25/12/2026" in text
    assert "/comptes/retour/" in text
    assert ("le 25/12/2026, vos données personnelles seront effacées" in text) is erased
    assert (User.objects.get(pk=member.pk).erasure_asked_at == now) is erased


def test_nobody_logs_in_any_more(inside, member):
    inside.post(URL, {"leaving": "DESACTIVER"})

    answer = inside.post("/comptes/login/", {"login": member.email, "password": PASSWORD})

    assert answer.status_code == 422


def test_links_open_nothing_any_more_but_the_one_that_gives_the_account_back(inside, member, now):
    for purpose in LinkPurpose:
        issue_link(user=member, purpose=purpose, at=now)

    inside.post(URL, {"leaving": "DESACTIVER"})

    assert [link.purpose for link in Link.objects.filter(user=member)] == [LinkPurpose.CANCEL]


class TestManager:
    @pytest.fixture
    def gp(self, world):
        return world.person("gp")

    @pytest.fixture
    def gp_inside(self, client, gp):
        client.post("/comptes/login/", {"login": gp.email, "password": PASSWORD})
        return client

    def test_the_page_names_the_structures_and_has_no_form(self, gp_inside, world):
        page = gp_inside.get(URL).text

        assert "Transmettez d’abord la gestion" in page
        assert world.structure.get_absolute_url() in page
        assert 'name="leaving"' not in page

    def test_a_forged_form_is_refused_in_words(self, gp_inside, gp):
        answer = gp_inside.post(URL, {"leaving": "DESACTIVER"})

        gp.refresh_from_db()
        assert answer.status_code == 422
        assert "transmettez d’abord" in summary_of(answer)[0]
        assert gp.is_active

    def test_who_manages_only_a_closed_structure_may_leave(self, gp_inside, gp, world):
        Structure.objects.filter(pk=world.structure.pk).update(is_active=False)

        gp_inside.post(URL, {"leaving": "DESACTIVER"})

        gp.refresh_from_db()
        assert gp.state == AccountState.DESACTIVE


def test_an_operator_asks_another_one(db, now):
    with pytest.raises(LeavingRefused, match="demandez à un autre exploitant"):
        close_account(by=UserFactory(is_staff=True), erase=False, at=now)


@pytest.mark.parametrize("typed", ["", "RIEN"])
def test_a_mistake_is_a_sentence(inside, typed):
    answer = inside.post(URL, {"leaving": typed})

    assert answer.status_code == 422
    assert error_of(answer, "leaving") == "Choisissez l’une des deux possibilités."


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_proof_of_the_last_five_minutes_is_asked_for(inside, member, clock, method):
    clock.shift(timedelta(minutes=6))

    answer = getattr(inside, method)(URL)

    assert answer.headers["Location"].startswith("/comptes/reauthenticate/")
    assert User.objects.get(pk=member.pk).is_active


def test_of_leaving_and_being_appointed_at_once_one_alone_happens(transactional_db, world, now):
    person = UserFactory()

    outcomes = race(
        lambda: close_account(by=person, erase=False, at=now),
        lambda: appoint(structure_id=world.structure.pk, user_id=person.pk, by=None, at=now),
    )

    refused = [one for one in outcomes if isinstance(one, (LeavingRefused, PrincipalManagerRefused))]
    managed = Structure.objects.filter(principal_manager=person).exists()
    assert len(refused) == 1
    assert User.objects.get(pk=person.pk).is_active is managed
