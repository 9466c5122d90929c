"""« Gérer mes habilitations »: mine and where they come from, ask for more, give one up (domain, 7.5)."""

import pytest

from habilitations.models import ApprovalRequest, StructureHabilitation
from habilitations.operations.attachments import attach
from habilitations.operations.decisions import approve
from structures.profiles import Profile, defaults
from tests.support.factories import LONG_AGO, StructureFactory
from tests.support.pages import elements, error_of, plain, text_of, tree
from tests.support.people import make_member
from tests.support.queries import count_queries

URL = "/organisation/utilisateurs/mes-habilitations/"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def marc(world):
    return make_member(world.structure)


@pytest.fixture
def inside(login, marc):
    return login(marc)


def address(user, verb):
    return f"{URL}{user.attachments.get().public_id}/{verb}/"


def held_by(user):
    return set(StructureHabilitation.objects.filter(user=user).values_list("permission__codename", flat=True))


def test_says_where_each_comes_from(inside, marc, gp, world):
    StructureHabilitation.objects.filter(user=marc, permission__codename=Profile.CESSION_CONSULTATION).delete()
    StructureHabilitation.objects.filter(user=marc).update(granted_by=gp)

    page = text_of(tree(inside.get(URL)))

    assert "Facturation modification permet de déposer, saisir et traiter les factures" in page
    assert f"par {gp}" in page
    assert "vient avec : Cession modification" in page


def test_asks_for_more_and_the_manager_decides(inside, marc, gp, world, now):
    page = inside.get(address(marc, "demander"))
    boxes = [dict(box.attributes) for box in elements(tree(page), "input", name="profiles", type="checkbox")]
    open_boxes = {box["value"] for box in boxes if "disabled" not in box}

    answer = inside.post(
        address(marc, "demander"), {"profiles": ["FACTURATION_VALIDATION"], "comment": "Je valide."}, follow=True
    )

    assert open_boxes == {"ORGANISATION_MODIFICATION", "FACTURATION_VALIDATION"}
    assert "L’envoi des données pour « Gérer mes habilitations »" in plain(answer.text)
    asked = ApprovalRequest.objects.get()
    assert (asked.kind, asked.profiles, asked.comment) == ("HABILITATIONS", ["facturation_validation"], "Je valide.")
    approve(request_id=asked.pk, by=gp, at=now)
    assert Profile.FACTURATION_VALIDATION in held_by(marc)
    assert "Facturation validation" in inside.get(URL).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Cochez au moins un profil que vous ne détenez pas."),
        ({"profiles": ["TOUT"]}, "Choisissez parmi les profils proposés."),
        ({"profiles": ["CESSION_MODIFICATION"]}, "Vous détenez déjà : Cession modification."),
    ],
)
def test_says_what_is_wrong(inside, marc, sent, sentence):
    answer = inside.post(address(marc, "demander"), sent)

    assert answer.status_code == 422
    assert sentence in plain(error_of(answer, "profiles"))
    assert not ApprovalRequest.objects.exists()


def test_a_private_structure_has_no_engagement_to_ask_for(login, db):
    person = make_member(StructureFactory(private=True))

    answer = login(person).post(address(person, "demander"), {"profiles": ["ENGAGEMENT_MODIFICATION"]})

    assert answer.status_code == 422
    assert "Réservés aux entités publiques" in plain(error_of(answer, "profiles"))


def test_gives_one_up_once_it_is_confirmed(inside, marc):
    asked = inside.get(address(marc, "renoncer"), {"profile": "CESSION_CONSULTATION"})
    before = held_by(marc)

    answer = inside.post(address(marc, "renoncer"), {"profile": "CESSION_CONSULTATION"}, follow=True)

    assert "vous ne détiendrez plus : Cession consultation, Cession modification." in plain(asked.text)
    assert before == defaults(is_public=True)
    assert held_by(marc) == before - {Profile.CESSION_CONSULTATION, Profile.CESSION_MODIFICATION}
    assert "Vous avez renoncé à : Cession consultation, Cession modification" in plain(answer.text)


def test_the_gp_and_managers_keep_what_makes_them_so(login, gp, world):
    for person in (gp, world.person("modifier")):
        client = login(person)

        page = client.get(URL)
        refused = client.post(address(person, "renoncer"), {"profile": "ORGANISATION_MODIFICATION"})

        assert "Renoncer à Organisation modification" not in text_of(tree(page))
        assert refused.status_code == 422
        assert Profile.ORGANISATION_MODIFICATION in held_by(person)


@pytest.mark.parametrize("verb", ["demander", "renoncer"])
def test_is_for_ones_own_attachment_alone(login, marc, gp, verb):
    assert login(gp).post(address(marc, verb), {"profile": "CESSION_MODIFICATION"}).status_code == 404


@pytest.mark.parametrize("profile", ["", "x", "FACTURATION_VALIDATION"])
def test_what_is_not_held_is_not_given_up(inside, marc, profile):
    answer = inside.post(address(marc, "renoncer"), {"profile": profile})

    assert answer.status_code == 422
    assert held_by(marc) == defaults(is_public=True)


def test_costs_the_same_for_one_attachment_and_for_many(inside, marc):
    inside.get(URL)
    few = count_queries(inside, URL)
    for _ in range(10):
        attach(user_id=marc.pk, structure_id=StructureFactory().pk, by=None, at=LONG_AGO)

    assert count_queries(inside, URL) == few
