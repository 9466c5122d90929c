"""What operators do: suspend an account, open it again, appoint the GP of a structure that has none."""

import pytest

from chorus_org.kernel.journal.models import Event
from chorus_org.operators import admin, policies
from chorus_org.operators.operations.lifecycle import REOPENED
from chorus_org.operators.policies import may_suspend
from habilitations.models import Attachment, StructureHabilitation
from habilitations.policies import may_appoint
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import StructureFactory, UserFactory
from tests.support.operators import ACTORS, MODELS, actor_of, address, make_staff, rows
from tests.support.pages import elements, error_of, plain, text_of, tree
from tests.support.people import appoint_to, make_gp
from users.models import AccountState, User

SUSPENDERS = {"support", "administrateur", "superuser"}
APPOINTERS = {"administrateur", "superuser"}


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org", first_name="Claire", last_name="Vasseur")


def suspended(user):
    user.state = AccountState.SUSPENDU
    user.save()
    return user


def messages_of(answer):
    return [plain(text_of(item)) for item in elements(tree(answer), "li") if is_message(item)]


def is_message(item):
    return dict(item.attributes).get("class") in {"success", "warning", "error"}


def status_for(actor, allowed, method):
    if actor == "anonymous":
        return 302
    if actor not in allowed:
        return 403
    return 302 if method == "post" else 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("actor", ACTORS)
class TestWhoMay:
    def test_suspend(self, login, world, person, actor, method):
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, "suspend", person.pk))

        person.refresh_from_db()
        assert answer.status_code == status_for(actor, SUSPENDERS, method)
        assert person.is_active == (method == "get" or actor not in SUSPENDERS)

    def test_reopen(self, login, world, person, actor, method):
        suspended(person)
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, "reopen", person.pk))

        person.refresh_from_db()
        assert answer.status_code == status_for(actor, SUSPENDERS, method)
        assert person.is_active == (method == "post" and actor in SUSPENDERS)

    @pytest.mark.parametrize("target", ["support", "administrateur", "superuser"])
    def test_suspend_an_operator(self, login, world, actor, method, target):
        operator = actor_of(world, target)
        client = login(actor_of(world, actor))

        answer = getattr(client, method)(address(User, "suspend", operator.pk))

        operator.refresh_from_db()
        assert answer.status_code == status_for(actor, APPOINTERS, method)
        assert operator.is_active == (method == "get" or actor not in APPOINTERS)

    def test_appoint(self, login, world, person, actor, method):
        client = login(actor_of(world, actor))
        structure = StructureFactory()

        answer = getattr(client, method)(address(Structure, "appoint", structure.pk), {"user": person.email})

        structure.refresh_from_db()
        assert answer.status_code == status_for(actor, APPOINTERS, method)
        assert (structure.principal_manager == person) == (method == "post" and actor in APPOINTERS)


@pytest.mark.parametrize(
    "actor", [actor for actor in ACTORS if actor not in ("anonymous", "stranger", "gp", "operator")]
)
def test_the_button_is_shown_where_the_act_is_accepted_and_nowhere_else(login, world, person, actor):
    actor = actor_of(world, actor)
    client = login(actor)
    people = [
        person,
        *(UserFactory(state=state) for state in AccountState),
        make_staff("support"),
        world.person("superuser"),
        actor,
    ]
    managed = make_gp(world.structure).managed_structures.get()
    closed = StructureFactory(is_active=False)

    for user in people:
        text = client.get(address(User, "change", user.pk)).text
        assert (address(User, "suspend", user.pk) in text) == (user.is_active and may_suspend(actor, user))
        assert (address(User, "reopen", user.pk) in text) == (user.state in REOPENED and may_suspend(actor, user))
    for structure in (world.elsewhere, managed, closed):
        text = client.get(address(Structure, "change", structure.pk)).text
        acts = may_appoint(actor) and structure == world.elsewhere
        assert (address(Structure, "appoint", structure.pk) in text) == acts


def test_who_may_not_reads_who_may(login, world, person):
    client = login(make_staff("auditeur"))

    suspend = plain(client.get(address(User, "suspend", person.pk)).text)
    appoint = plain(client.get(address(Structure, "appoint", world.structure.pk)).text)

    assert "revient aux exploitants « support » et « administrateur »" in suspend
    assert "revient aux exploitants « administrateur »" in appoint


def test_nobody_suspends_their_own_account(login, db):
    own = make_staff("administrateur")

    answer = login(own).post(address(User, "suspend", own.pk))

    own.refresh_from_db()
    assert answer.status_code == 403
    assert own.is_active


@pytest.mark.parametrize("lost", [{"is_staff": False}, {"state": AccountState.SUSPENDU}])
def test_a_right_needs_the_staff_flag_and_an_active_account(person, lost):
    operator = make_staff("administrateur")
    for name, value in lost.items():
        setattr(operator, name, value)

    assert not may_suspend(operator, person)
    assert not may_appoint(operator)


class TestSuspending:
    def test_the_page_says_what_will_happen_and_changes_nothing(self, login, person, world):
        appoint_to(world.structure, person)
        appoint_to(world.elsewhere, person)
        client = login(make_staff("support"))
        before = rows(*MODELS)

        answer = client.get(address(User, "suspend", person.pk))

        text = plain(answer.text)
        assert "Claire Vasseur" in text
        assert "sera déconnectée et ne pourra plus se connecter" in text
        assert "Resteront sans gestionnaire principal en activité : BANQUE DE FRANCE, VILLE DE PARIS." in text
        assert rows(*MODELS) == before

    def test_a_person_who_manages_much_is_named_a_part_of_it(self, login, person):
        for structure in StructureFactory.create_batch(21):
            appoint_to(structure, person)

        text = login(make_staff("support")).get(address(User, "suspend", person.pk)).text

        assert text.count("COMMUNE DE SAINT-ÉLOI") == 20
        assert "….</p>" in text

    def test_it_is_told_and_written_in_the_journal(self, login, person, now):
        operator = make_staff("support")

        answer = login(operator).post(address(User, "suspend", person.pk), follow=True)

        [event] = Event.objects.about(person)
        assert answer.redirect_chain == [(address(User, "change", person.pk), 302)]
        assert messages_of(answer) == ["Le compte de Claire Vasseur est suspendu."]
        assert (event.kind, event.actor_id, event.at) == ("account.suspended", operator.public_id, now)

    def test_twice_is_told_and_done_once(self, login, person):
        client = login(make_staff("support"))

        client.post(address(User, "suspend", person.pk))
        answers = [getattr(client, way)(address(User, "suspend", person.pk), follow=True) for way in ("post", "get")]

        assert [messages_of(answer)[-1] for answer in answers] == ["Ce compte est suspendu."] * 2
        assert Event.objects.about(person).count() == 1

    def test_what_the_operation_refuses_is_told(self, login, db, monkeypatch):
        """The rule changed between the check of the page and the operation."""
        own = make_staff("administrateur")
        monkeypatch.setattr(admin, "may_suspend", lambda *_: True)
        monkeypatch.setattr(policies, "may_suspend", lambda *_: True)

        answer = login(own).post(address(User, "suspend", own.pk), follow=True)

        own.refresh_from_db()
        assert messages_of(answer) == ["Vous ne pouvez pas suspendre votre propre compte."]
        assert own.is_active


class TestReopening:
    def test_the_page_asks_and_changes_nothing(self, login, person):
        suspended(person)
        client = login(make_staff("support"))
        before = rows(*MODELS)

        answer = client.get(address(User, "reopen", person.pk))

        assert "pourra de nouveau se connecter" in plain(answer.text)
        assert rows(*MODELS) == before

    def test_it_is_told_and_written_in_the_journal(self, login, person, now):
        suspended(person)
        operator = make_staff("support")

        answer = login(operator).post(address(User, "reopen", person.pk), follow=True)

        [event] = Event.objects.about(person)
        assert messages_of(answer) == ["Le compte de Claire Vasseur est rouvert."]
        assert (event.kind, event.actor_id, event.at) == ("account.reopened", operator.public_id, now)

    def test_an_open_account_is_told_to_be_open(self, login, person):
        answer = login(make_staff("support")).post(address(User, "reopen", person.pk), follow=True)

        assert messages_of(answer) == ["Ce compte est actif."]
        assert not Event.objects.about(person).exists()


@pytest.mark.parametrize("act", ["suspend", "reopen"])
@pytest.mark.parametrize(
    ("state", "sentence"),
    [(AccountState.A_ACTIVER, "Ce compte est à activer."), (AccountState.ANONYMISE, "Ce compte est anonymisé.")],
)
def test_an_account_that_neither_act_suits_says_its_state(login, db, act, state, sentence):
    person = UserFactory(state=state)

    answer = login(make_staff("support")).post(address(User, act, person.pk), follow=True)

    person.refresh_from_db()
    assert messages_of(answer) == [sentence]
    assert person.state == state


class TestAppointing:
    @pytest.fixture
    def structure(self, db):
        return StructureFactory(legal_name="ÉCOLE DES CHARTES")

    @pytest.fixture
    def operator(self, db):
        return make_staff("administrateur")

    @pytest.mark.parametrize("typed", ["claire@example.org", " Claire@EXAMPLE.org "])
    def test_the_person_becomes_the_gp_and_it_is_told(self, login, operator, structure, person, typed, now):
        answer = login(operator).post(address(Structure, "appoint", structure.pk), {"user": typed}, follow=True)

        structure.refresh_from_db()
        event = Event.objects.about(person).get(kind="principal_manager.appointed")
        assert answer.redirect_chain == [(address(Structure, "change", structure.pk), 302)]
        assert messages_of(answer) == ["Claire Vasseur est le gestionnaire principal de ÉCOLE DES CHARTES."]
        assert structure.principal_manager == person
        assert person.has_perm(Profile.ORGANISATION_MODIFICATION, structure)
        assert (event.actor_id, event.scope_id, event.at) == (operator.public_id, structure.public_id, now)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("", "Saisissez l’adresse de connexion de la personne."),
            ("claire", "Saisissez une adresse électronique complète, par exemple prenom.nom@example.org."),
            ("a\x00@example.org", "Saisissez une adresse électronique complète, par exemple prenom.nom@example.org."),
            ("clàire@example.org", "Saisissez une adresse électronique complète, par exemple prenom.nom@example.org."),
            ("personne@example.org", "Aucun compte n’a cette adresse de connexion. Vérifiez-la."),
            ("parti@example.org", "Ce compte ou cette structure n’est pas en activité."),
        ],
    )
    def test_a_refusal_stands_at_the_field_in_french(self, login, operator, structure, person, typed, sentence):
        suspended(UserFactory(email="parti@example.org"))
        client = login(operator)
        before = rows(*MODELS)

        answer = client.post(address(Structure, "appoint", structure.pk), {"user": typed})

        assert answer.status_code == 422
        assert error_of(answer, "user").startswith(sentence)
        assert "<title>Erreur : " in plain(answer.text)
        assert 'aria-describedby="id_user_helptext id_user_error"' in answer.text
        assert rows(*MODELS) == before

    def test_an_operator_does_not_appoint_themselves(self, login, operator, structure):
        answer = login(operator).post(address(Structure, "appoint", structure.pk), {"user": operator.email})

        structure.refresh_from_db()
        assert answer.status_code == 422
        assert error_of(answer, "user") == "Un exploitant ne se désigne pas lui-même. Demandez-le à un autre."
        assert structure.principal_manager is None

    def test_a_closed_structure_is_refused(self, login, operator, person):
        closed = StructureFactory(is_active=False)

        answer = login(operator).post(address(Structure, "appoint", closed.pk), {"user": person.email})

        assert answer.status_code == 422
        assert error_of(answer, "user") == "Ce compte ou cette structure n’est pas en activité."

    def test_a_person_with_a_planned_attachment_is_refused_in_words(self, login, operator, structure, person, now):
        Attachment.objects.create(user=person, structure=structure, started_at=now.replace(year=2027))

        answer = login(operator).post(address(Structure, "appoint", structure.pk), {"user": person.email})

        assert answer.status_code == 422
        assert error_of(answer, "user") == "Cet utilisateur est déjà rattaché à cette structure."
        assert not StructureHabilitation.objects.filter(user=person).exists()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_structure_that_has_a_gp_keeps_it(self, login, operator, structure, person, method):
        gp = make_gp(structure)
        url = address(Structure, "appoint", structure.pk)

        answer = getattr(login(operator), method)(url, {"user": person.email}, follow=True)

        structure.refresh_from_db()
        assert messages_of(answer) == ["Cette structure a déjà un gestionnaire principal."]
        assert structure.principal_manager == gp

    def test_a_gp_appointed_meanwhile_is_told_at_the_field(self, login, operator, structure, person, monkeypatch):
        gp = UserFactory()
        appoint = admin.appoint

        def appoint_after_another(**arguments):
            appoint_to(structure, gp)
            appoint(**arguments)

        monkeypatch.setattr(admin, "appoint", appoint_after_another)
        answer = login(operator).post(address(Structure, "appoint", structure.pk), {"user": person.email})

        structure.refresh_from_db()
        assert answer.status_code == 422
        assert error_of(answer, "user") == "Cette structure a déjà un gestionnaire principal."
        assert structure.principal_manager == gp

    def test_fields_that_no_form_shows_change_nothing(self, login, operator, structure, person):
        sent = {"user": person.email, "legal_name": "X", "is_active": "", "structure_id": "1", "by": "1"}

        login(operator).post(address(Structure, "appoint", structure.pk), sent)

        structure.refresh_from_db()
        assert (structure.legal_name, structure.is_active) == ("ÉCOLE DES CHARTES", True)


@pytest.mark.parametrize("model_page", [(User, "suspend"), (User, "reopen"), (Structure, "appoint")])
class TestAddresses:
    @pytest.mark.parametrize("pk", [0, 10**30])
    def test_what_is_not_there_is_not_found(self, login, db, model_page, pk):
        assert login(make_staff("administrateur")).post(address(*model_page, pk)).status_code == 404

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, login, world, model_page, method):
        target = {User: UserFactory(), Structure: world.structure}[model_page[0]]
        client = login(make_staff("administrateur"))

        assert getattr(client, method)(address(*model_page, target.pk)).status_code == 405


def test_the_visitor_comes_back_to_the_page_that_asks(client, person):
    url = address(User, "suspend", person.pk)

    answer = client.post(url)

    assert answer.headers["Location"] == f"/comptes/login/?next={url}"
