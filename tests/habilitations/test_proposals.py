"""« Demander la création d’une structure publique »: asked, answered by an operator, told by mail (domain, 3.5)."""

import pytest

from habilitations.models import Proposal
from habilitations.operations.proposals import (
    WAITING_MOST,
    ProposalOver,
    ProposalRefused,
    accept_proposal,
    forget_proposals,
    propose,
    refuse_proposal,
    withdraw_proposal,
)
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import StructureFactory, UserFactory, siret
from tests.support.htmx import HtmxPage
from tests.support.operators import address, make_staff
from tests.support.pages import error_of, plain, text_of
from tests.support.races import race, rounds

URL = "/organisation/structures/demander-creation/"
TYPED = {
    "legal_name": "COMMUNE DE NULLE PART",
    "legal_status": "Commune",
    "address": "1 place de la Mairie",
    "postal_code": "48000",
    "city": "Nulle Part",
}


@pytest.fixture
def operator(db):
    return make_staff("administrateur")


@pytest.fixture
def proposal(world):
    return world.proposal


class TestAsking:
    def test_is_found_in_the_history_of_one_s_requests(self, login, db):
        person = UserFactory()

        page = login(person).post(URL, TYPED | {"identifier": siret(5), "comment": "Vite"}, follow=True)

        proposal = Proposal.objects.get()
        assert (proposal.requester, proposal.identifier, proposal.comment) == (person, siret(5), "Vite")
        assert "COMMUNE DE NULLE PART" in plain(page.text)
        assert "En cours de validation" in plain(page.text)

    def test_one_that_exists_leads_to_the_attachment(self, login, world):
        page = login(UserFactory()).post(URL, TYPED | {"identifier": world.structure.identifier})

        assert page.status_code == 422
        assert "existe déjà : demandez à y être rattaché" in plain(error_of(page, "identifier"))
        assert "Demander à y être rattaché" in page.text

    def test_is_said_as_one_types(self, login, world):
        client = login(UserFactory())
        page = HtmxPage(client, client.get(URL))
        page.fill(identifier=world.structure.identifier)
        page.trigger("id_identifier")

        assert "Cette structure existe déjà" in text_of(page.by_id("identifiant"))

    @pytest.mark.parametrize(
        ("typed", "sentence"), [("123", "14 chiffres"), (siret(5)[:-1] + "0", "clé"), ("", "à remplir")]
    )
    def test_a_misspelt_number_is_said(self, login, db, typed, sentence):
        page = login(UserFactory()).post(URL, TYPED | {"identifier": typed})

        assert sentence in plain(error_of(page, "identifier"))

    def test_twice_is_refused_to_anybody(self, proposal, now):
        with pytest.raises(ProposalRefused, match="déjà demandée"):
            propose(identifier=proposal.identifier, **TYPED, by=UserFactory(), at=now)

    def test_too_many_wait(self, db, now):
        person = UserFactory()
        for number in range(WAITING_MOST):
            propose(identifier=siret(number), **TYPED, by=person, at=now)

        with pytest.raises(ProposalRefused, match="déjà 5 demandes"):
            propose(identifier=siret(99), **TYPED, by=person, at=now)

    def test_is_taken_back_by_its_author_alone(self, proposal, now):
        with pytest.raises(ProposalOver):
            withdraw_proposal(proposal_id=proposal.pk, by=UserFactory(), at=now)
        withdraw_proposal(proposal_id=proposal.pk, by=proposal.requester, at=now)
        with pytest.raises(ProposalOver):
            withdraw_proposal(proposal_id=proposal.pk, by=proposal.requester, at=now)

    def test_is_forgotten_with_the_account(self, proposal, now):
        forget_proposals(user=proposal.requester, at=now)

        proposal.refresh_from_db()
        assert (proposal.status, proposal.comment) == ("ANNULEE", "")


class TestAnswering:
    def test_creates_the_structure_and_its_manager(self, login, operator, proposal, mails):
        client = login(operator)
        asked = client.get(address(Proposal, "accept", proposal.pk))
        page = client.post(address(Proposal, "accept", proposal.pk), follow=True)

        structure = Structure.objects.get(identifier=proposal.identifier)
        assert "Vérifiez d’abord le SIRET" in plain(asked.text)
        assert "est créée" in plain(page.text)
        assert (structure.is_public, structure.city, structure.principal_manager) == (
            True,
            "Nulle Part",
            proposal.requester,
        )
        assert proposal.requester.has_perm(Profile.ORGANISATION_MODIFICATION, structure)
        assert Service.objects.get(structure=structure).code == "FACTURES_PUBLIQUES"
        assert list(mails)[-1].recipient == proposal.requester.email
        assert "vous la gérez" in list(mails)[-1].subject

    def test_refuses_with_a_reason_that_is_mailed(self, login, operator, proposal, mails):
        client = login(operator)
        empty = client.post(address(Proposal, "refuse", proposal.pk), {"reason_text": ""})
        client.post(address(Proposal, "refuse", proposal.pk), {"reason_text": "SIRET fermé en 2020."})

        proposal.refresh_from_db()
        assert (empty.status_code, proposal.status) == (422, "REFUSEE")
        assert "SIRET fermé en 2020." in list(mails)[-1].text
        assert not Structure.objects.filter(identifier=proposal.identifier).exists()

    def test_what_was_created_meanwhile_is_not_created_again(self, operator, proposal, now):
        StructureFactory(identifier=proposal.identifier)

        with pytest.raises(ProposalRefused, match="existe déjà"):
            accept_proposal(proposal_id=proposal.pk, by=operator, at=now)

    @pytest.mark.parametrize("name", ["stranger", "gp", "support", "auditeur"])
    def test_is_for_those_who_appoint(self, world, login, proposal, now, name):
        person = make_staff(name) if name in ("support", "auditeur") else world.person(name)

        with pytest.raises(ProposalRefused):
            accept_proposal(proposal_id=proposal.pk, by=person, at=now)
        with pytest.raises(ProposalRefused):
            refuse_proposal(proposal_id=proposal.pk, reason_text="Non", by=person, at=now)
        assert login(person).post(address(Proposal, "accept", proposal.pk)).status_code in (302, 403)
        assert not Structure.objects.filter(identifier=proposal.identifier).exists()


@pytest.mark.django_db(transaction=True)
@rounds
def test_accepted_and_refused_at_once_has_one_answer(_, world, now):
    proposal, operators = world.proposal, [make_staff("administrateur") for _ in range(2)]

    outcomes = race(
        lambda: accept_proposal(proposal_id=proposal.pk, by=operators[0], at=now),
        lambda: refuse_proposal(proposal_id=proposal.pk, reason_text="Non", by=operators[1], at=now),
    )

    assert sum(isinstance(one, Proposal) for one in outcomes) == 1
    assert sum(isinstance(one, ProposalOver) for one in outcomes) == 1
    proposal.refresh_from_db()
    assert (proposal.status == "VALIDEE") == Structure.objects.filter(identifier=proposal.identifier).exists()
