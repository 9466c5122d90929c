"""« Les nouveaux rattachés peuvent accepter des rattachements »: as in the guide, unless the GP says otherwise."""

import pytest

from habilitations.operations.attachments import attach
from structures.profiles import Profile
from tests.support.factories import UserFactory
from tests.support.pages import plain
from tests.support.people import make_member

VALIDATION = Profile.RATTACHEMENT_VALIDATION


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def inside(login, gp):
    return login(gp)


@pytest.fixture
def url(world):
    return f"/organisation/structures/{world.structure.public_id}/nouveaux-rattaches/"


def newcomer(structure, now):
    user = UserFactory()
    attach(user_id=user.pk, structure_id=structure.pk, by=None, at=now)
    return user


def test_a_new_attachment_brings_it_as_in_the_guide(world, now):
    assert newcomer(world.structure, now).has_perm(VALIDATION, world.structure)


def test_the_page_of_the_structure_says_how_many_may_accept(inside, world):
    make_member(world.structure)

    page = plain(inside.get(world.structure.get_absolute_url()).text)

    assert "Peuvent accepter des rattachements" in page
    assert "2 personnes" in page


def test_is_kept_from_those_to_come(inside, url, world, now):
    present = make_member(world.structure)

    answer = inside.post(url, {}, follow=True)

    assert "Le réglage est enregistré" in plain(answer.text)
    assert present.has_perm(VALIDATION, world.structure)
    assert not newcomer(world.structure, now).has_perm(VALIDATION, world.structure)


def test_is_taken_from_those_who_have_it_but_not_from_who_manages(inside, gp, url, world, mails):
    present, at_service = make_member(world.structure), make_member(world.structure, world.service)
    manager = world.person("modifier")

    answer = inside.post(url, {"take_back": "on"}, follow=True)

    assert "le profil est retiré à 2 personnes" in plain(answer.text)
    assert not present.has_perm(VALIDATION, world.structure)
    assert not at_service.has_perm(VALIDATION, world.service)
    assert present.has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)
    assert manager.has_perm(VALIDATION, world.structure)
    assert gp.has_perm(VALIDATION, world.structure)
    assert {mail.recipient for mail in mails} == {present.email, at_service.email}
    assert "Vous ne détenez plus : Rattachement validation." in plain(next(iter(mails)).text)


def test_is_not_taken_and_left_at_once(inside, url):
    answer = inside.post(url, {"newcomers_validate": "on", "take_back": "on"})

    assert answer.status_code == 422
    assert "Retirez-le aussi aux nouveaux rattachés" in plain(answer.text)


def test_is_given_back(inside, url, world, now):
    inside.post(url, {})
    inside.post(url, {"newcomers_validate": "on"})

    assert newcomer(world.structure, now).has_perm(VALIDATION, world.structure)
