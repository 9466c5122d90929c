"""« Créer un service » (guide, section 2): a person who runs a structure gives it a service."""

from datetime import UTC, datetime

import pytest

from chorus_org.kernel.journal.models import Event
from services.models import Service
from structures.models import Structure
from tests.support.factories import ServiceFactory, StructureFactory
from tests.support.htmx import HtmxPage, same
from tests.support.pages import by_id, error_of, plain, summary_of, text_of
from tests.support.people import ACTORS, appoint_to, make_gp
from tests.support.queries import count_queries
from tests.support.table import FORMS

URL = "/organisation/structures/services/creer/"
CONFIRMED = "L’envoi des données pour « Créer un service » a bien été effectuée"


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def typed(world):
    """The guide's own example, as a browser sends it."""
    return FORMS["services:create"].typed(world)


def test_gp_creates_the_service_of_the_guide(login, gp, world, typed, now):
    client = login(gp)

    answer = client.post(URL, typed, follow=True)

    service = Service.objects.get(code="FI_SGPI")
    assert answer.redirect_chain == [(f"/organisation/structures/services/{service.public_id}/", 302)]
    assert CONFIRMED in plain(answer.text)
    assert service.structure == world.structure
    assert (service.label, service.description) == ("Service financier SGPI", "Pole de prescription SGPI")
    assert service.active_from == datetime(2022, 3, 10, 14, 1, 32, tzinfo=UTC)
    assert (service.active_until, service.engagement_required, service.created_at) == (None, True, now)
    assert "FI_SGPI" in client.get(world.structure.get_absolute_url()).text


def test_the_journal_says_who_created_what_where(login, gp, world, typed, now):
    login(gp).post(URL, typed)

    [event] = Event.objects.about(Service.objects.get(code="FI_SGPI"))
    assert (event.kind, event.at, event.details) == ("service.created", now, {})
    assert (event.actor_id, event.scope_id) == (gp.public_id, world.structure.public_id)


def test_the_form_shows_the_only_structure_chosen_and_the_clock(login, gp, world):
    answer = login(gp).get(URL)

    form = answer.context["form"]
    assert form.structures == [world.structure]
    assert '<output for="id_structure">BANQUE DE FRANCE</output>' in answer.text
    assert 'value="2026-11-25T10:30:00"' in answer.text
    assert 'name="engagement_required"' in answer.text


def test_the_list_holds_the_structures_that_one_may_modify_and_no_other(login, world):
    manager = make_gp(world.structure)
    make_gp(world.elsewhere)
    second = StructureFactory(legal_name="ÉCOLE DES CHARTES", private=True)
    closed = StructureFactory(legal_name="ANCIENNE RÉGIE")
    appoint_to(second, manager)
    appoint_to(closed, manager)
    Structure.objects.filter(pk=closed.pk).update(is_active=False)

    form = login(manager).get(URL).context["form"]

    assert [option.label for option in form.fields["structure"].options] == [str(world.structure), str(second)]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("anonymous", 302),
        ("stranger", 403),
        ("service_member", 403),
        ("service_modifier", 403),
        ("bare_member", 403),
        ("member", 403),
        ("modifier", 200),
        ("gp", 200),
        ("gp_elsewhere", 422),
        ("former_member", 403),
        ("requester", 403),
        ("suspended_gp", 302),
        ("operator", 403),
        ("superuser", 403),
    ],
)
def test_who_may_create_a_service(login, world, typed, actor, status, method):
    client = login(world.person(actor))

    answer = client.get(URL) if method == "get" else client.post(URL, typed)

    expected = {("get", 422): 200, ("post", 200): 302}.get((method, status), status)
    assert answer.status_code == expected
    assert Service.objects.filter(code="FI_SGPI").exists() == (method == "post" and actor in {"modifier", "gp"})


def test_every_actor_is_in_the_matrix():
    [matrix] = [mark for mark in test_who_may_create_a_service.pytestmark if mark.args[0] == ("actor", "status")]
    assert tuple(actor for actor, _ in matrix.args[1]) == ACTORS


def test_who_may_not_reads_who_may_by_name(login, world):
    gp, other = world.person("gp"), world.person("gp_elsewhere")

    answer = login(world.person("member")).get(URL)

    assert answer.status_code == 403
    assert "« Organisation modification »" in plain(answer.text)
    assert f"Adressez-vous à {gp} (BANQUE DE FRANCE)." in answer.text
    assert str(other) not in answer.text


FORGED = "Choisissez une structure de la liste."


@pytest.mark.parametrize("way", ["elsewhere", "closed", "unknown", "not_an_id", "nul", "someone_elses_service"])
def test_a_forged_structure_betrays_nothing_and_writes_nothing(login, gp, world, typed, way):
    closed = StructureFactory()
    appoint_to(closed, gp)
    Structure.objects.filter(pk=closed.pk).update(is_active=False)
    typed["structure"] = {
        "elsewhere": str(world.elsewhere.public_id),
        "closed": str(closed.public_id),
        "unknown": "8d7b2f0a-0000-4000-8000-000000000000",
        "not_an_id": "1 OR 1=1",
        "nul": "\x00",
        "someone_elses_service": str(world.service.public_id),
    }[way]

    answer = login(gp).post(URL, typed)

    assert answer.status_code == 422
    assert error_of(answer, "structure") == FORGED
    assert "VILLE DE PARIS" not in answer.text
    assert not Service.objects.filter(code="FI_SGPI").exists()


LONG_CODE = "A" * 101


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("structure", "", "Choisissez la structure du service."),
        ("code", "", "Saisissez le code du service, par exemple « FI_SGPI »."),
        ("code", "   ", "Saisissez le code du service, par exemple « FI_SGPI »."),
        ("code", LONG_CODE, "100 caractères au plus ; il y en a 101. Raccourcissez."),
        (
            "code",
            "FI SGPI",
            "Le code n’a que des lettres sans accent, des chiffres et les signes - _ /, sans espace.",
        ),
        (
            "code",
            "FI_ÉTÉ",
            "Le code n’a que des lettres sans accent, des chiffres et les signes - _ /, sans espace.",
        ),
        ("label", "", "Saisissez le libellé du service, par exemple « Service financier »."),
        ("label", "B" * 101, "100 caractères au plus ; il y en a 101. Raccourcissez."),
        (
            "description",
            "C" * 256,
            "255 caractères au plus ; il y en a 256. Raccourcissez.",
        ),
        ("active_from", "", "Saisissez la date et l’heure à partir desquelles le service est actif."),
        ("active_from", "hier", "Saisissez une date et une heure, par exemple 10/03/2022 15:01:32."),
        ("active_from", "2022-02-30T00:00:00", "Saisissez une date et une heure, par exemple 10/03/2022 15:01:32."),
        ("active_from", "0001-01-01T00:00:00", "Saisissez une année entre 1990 et 2199."),
        ("active_from", "9999-12-31T23:59:59", "Saisissez une année entre 1990 et 2199."),
        (
            "active_from",
            "2026-03-29T02:30:00",
            "Cette heure n’existe pas : la nuit du passage à l’heure d’été saute de 2 h à 3 h. "
            "Choisissez-en une autre.",
        ),
        (
            "active_from",
            "2026-10-25T02:30:00",
            "Cette heure a lieu deux fois : la nuit du retour à l’heure d’hiver revient de 3 h à 2 h. "
            "Choisissez une heure avant 2 h ou à partir de 3 h.",
        ),
        ("active_until", "2022-03-10T15:01:32", "La fin doit être postérieure au début, le 10/03/2022 à 15:01."),
        ("active_until", "2021-01-01T00:00:00", "La fin doit être postérieure au début, le 10/03/2022 à 15:01."),
        ("active_until", "\x00", "Saisissez une date et une heure, par exemple 10/03/2022 15:01:32."),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_kept(login, gp, world, typed, field, value, sentence):
    typed[field] = value

    answer = login(gp).post(URL, typed)

    assert answer.status_code == 422
    assert error_of(answer, field) == sentence
    assert any(line.endswith(sentence[1:]) for line in summary_of(answer))
    assert "<title>Erreur : Créer un service" in plain(answer.text)
    kept = answer.context["form"].data
    assert {name: kept.get(name) for name in typed} == typed
    assert not Service.objects.exclude(pk__in=[world.service.pk, world.other_service.pk]).exists()


@pytest.mark.parametrize("code", ["FI_COMPTA", "fi_compta", "Fi_Compta", " FI_COMPTA "])
def test_a_code_that_exists_is_refused_whatever_its_case_and_another_is_proposed(login, gp, world, typed, code):
    ServiceFactory(structure=world.structure, code="FI_COMPTA_2")

    answer = login(gp).post(URL, {**typed, "code": code})

    assert answer.status_code == 422
    assert error_of(answer, "code") == (
        "Le code « FI_COMPTA » existe déjà dans cette structure. Choisissez-en un autre, par exemple « FI_COMPTA_3 »."
    )
    assert answer.context["form"].data["code"] == code


def test_all_that_is_wrong_is_said_at_once(login, gp, typed):
    answer = login(gp).post(URL, {**typed, "code": "fi_compta", "label": "", "active_until": "2022-03-10T15:01:32"})

    assert summary_of(answer) == [
        "Code de service : le code « FI_COMPTA » existe déjà dans cette structure. "
        "Choisissez-en un autre, par exemple « FI_COMPTA_2 ».",
        "Libellé du service : saisissez le libellé du service, par exemple « Service financier ».",
        "Date de fin d’activation : la fin doit être postérieure au début, le 10/03/2022 à 15:01.",
    ]


def test_the_same_code_may_stand_in_two_structures(login, gp, world, typed):
    ServiceFactory(structure=world.elsewhere, code="FI_SGPI")

    login(gp).post(URL, typed)

    assert Service.objects.filter(code="FI_SGPI").count() == 2


def test_a_date_typed_as_in_the_guide_is_read(login, gp, typed):
    login(gp).post(URL, {**typed, "active_from": "10/03/2022 15:01:32"})

    assert Service.objects.get(code="FI_SGPI").active_from == datetime(2022, 3, 10, 14, 1, 32, tzinfo=UTC)


def test_a_private_structure_is_not_asked_for_the_engagement_and_may_not_require_it(login, typed):
    private = StructureFactory(legal_name="ATELIER DU LITTORAL", private=True)
    client = login(make_gp(private))
    typed["structure"] = str(private.public_id)

    page = client.get(URL)
    answer = client.post(URL, typed)

    assert "engagement_required" not in page.text
    assert answer.status_code == 422
    assert error_of(answer, "engagement_required") == (
        "Seul un service d’une entité publique peut exiger le numéro d’engagement. Décochez la case."
    )
    del typed["engagement_required"]
    assert client.post(URL, typed).status_code == 302


def test_the_structure_asked_for_in_the_address_is_chosen(login, gp, world):
    second = StructureFactory(legal_name="AGENCE DE L’EAU")
    appoint_to(second, gp)
    client = login(gp)

    assert client.get(URL).context["form"].chosen == second
    assert client.get(URL, {"structure": str(world.structure.public_id)}).context["form"].chosen == world.structure
    assert client.get(URL, {"structure": str(world.elsewhere.public_id)}).context["form"].chosen is None


class TestChoosingTheStructure:
    """The choice refreshes « Raison sociale » and the engagement: with HTMX at once, else by « Choisir »."""

    @pytest.fixture
    def private(self, gp):
        private = StructureFactory(legal_name="ATELIER DU LITTORAL", private=True)
        appoint_to(private, gp)
        return private

    @pytest.fixture
    def choice(self, typed, private):
        return {**typed, "structure": str(private.public_id), "label": "", "choisir": "1"}

    def test_without_javascript_the_form_comes_back_as_typed_without_an_error(self, login, gp, choice):
        answer = login(gp).post(URL, choice)

        assert answer.status_code == 200
        assert text_of(by_id(answer, "raison-sociale")) == "Raison sociale ATELIER DU LITTORAL"
        assert 'value="FI_SGPI"' in answer.text
        assert summary_of(answer) == []
        assert "engagement_required" not in answer.text
        assert not Service.objects.filter(code="FI_SGPI").exists()

    @pytest.mark.parametrize("chosen", ["public", "private"])
    def test_what_htmx_leaves_on_the_page_is_the_whole_page_afresh(self, login, gp, world, typed, private, chosen):
        client = login(gp)
        first, then = (world.structure, private) if chosen == "private" else (private, world.structure)
        page = HtmxPage(client, client.get(URL, {"structure": str(first.public_id)}))
        del typed["engagement_required"]
        page.fill(**{**typed, "label": "", "structure": str(then.public_id)})

        answer = page.trigger("id_structure")

        assert answer.status_code == 200
        assert text_of(page.by_id("raison-sociale")) == f"Raison sociale {then.name}"
        assert bool(text_of(page.by_id("engagement"))) == (chosen == "public")
        assert same(page, client.post(URL, {**typed, "label": "", "structure": str(then.public_id), "choisir": "1"}))

    def test_a_structure_lost_meanwhile_is_said_and_another_may_be_chosen(self, login, gp, world, typed, private):
        client = login(gp)
        page = HtmxPage(client, client.get(URL, {"structure": str(private.public_id)}))
        page.fill(code="FI_SGPI", structure=str(world.structure.public_id))
        Structure.objects.filter(pk=world.structure.pk).update(is_active=False)

        assert page.trigger("id_structure").status_code == 422
        assert FORGED in text_of(page.by_id("id_structure_error"))
        assert dict(page.by_id("id_code").attributes)["value"] == "FI_SGPI"
        page.fill(structure=str(private.public_id))

        assert page.trigger("id_structure").status_code == 200
        assert text_of(page.by_id("raison-sociale")) == f"Raison sociale {private.name}"
        assert text_of(page.by_id("engagement")) == ""

    @pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
    def test_a_structure_that_is_not_mine_is_a_422_with_the_whole_page(self, login, gp, world, choice, headers):
        choice["structure"] = str(world.elsewhere.public_id)

        answer = login(gp).post(URL, choice, headers=headers)

        assert answer.status_code == 422
        assert error_of(answer, "structure") == FORGED
        assert summary_of(answer) == ["Choisir la structure : choisissez une structure de la liste."]
        assert answer.headers["HX-Retarget"] == "#contenu"


def test_fields_that_no_form_shows_change_nothing(login, gp, typed, now):
    login(gp).post(URL, {**typed, "public_id": "0" * 32, "created_at": "2000-01-01", "deleted_at": "2000-01-01"})

    service = Service.objects.get(code="FI_SGPI")
    assert (service.created_at, service.deleted_at) == (now, None)


@pytest.mark.parametrize("order", [("mine", "theirs"), ("theirs", "mine")])
def test_a_structure_sent_twice_is_checked_and_used_alike(login, gp, world, typed, order):
    sent = {"mine": str(world.structure.public_id), "theirs": str(world.elsewhere.public_id)}
    typed["structure"] = [sent[name] for name in order]

    answer = login(gp).post(URL, typed)

    assert answer.status_code == (302 if order[-1] == "mine" else 422)
    assert not Service.objects.filter(structure=world.elsewhere).exists()


def test_the_page_costs_the_same_for_one_structure_and_for_thirty(login, gp):
    client = login(gp)
    with_one = count_queries(client, URL)
    for structure in StructureFactory.create_batch(30):
        appoint_to(structure, gp)

    assert count_queries(client, URL) == with_one <= 4
