"""« Approbations »: the list, its filters, the rows that are acted on, many at once (guide, 3.3)."""

from datetime import timedelta

import pytest

from habilitations.enums import RequestStatus
from habilitations.models import ApprovalRequest
from habilitations.operations.decisions import approve
from habilitations.operations.requests import ask_attachment, ask_profiles
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, StructureFactory, UserFactory
from tests.support.htmx import HtmxPage
from tests.support.pages import elements, error_of, plain, text_of, tree
from tests.support.people import appoint_to, make_member
from tests.support.queries import count_queries

URL = "/approbations/"
APPROVED = {"decision": "approuver", "confirmed": "1"}


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def inside(login, gp):
    return login(gp)


def ask(world, *, structure=None, service=None, at=LONG_AGO, **person):
    return ask_attachment(
        structure_id=(structure or world.structure).pk,
        service_id=service and service.pk,
        by=UserFactory(**person),
        comment="Je remplace Hervé.",
        at=at,
    )


def names(answer):
    """Who asks, row by row."""
    rows = elements(tree(answer), "td", **{"data-label": "Demandeur"})
    return [text_of(next(iter(row.children))) for row in rows]


def said(answer):
    return [text_of(each) for each in elements(tree(answer), "strong")]


class TestTheList:
    def test_shows_what_waits_the_oldest_first_with_the_columns_of_the_guide(self, inside, world, now):
        ask(world, last_name="Second", first_name="A", at=now - timedelta(days=1))
        ask(world, last_name="Premier", first_name="B", at=now - timedelta(days=9), service=world.service)

        answer = inside.get(URL)

        heads = [text_of(head) for head in elements(tree(answer), "th", scope="col")]
        assert heads == ["Sélection", "État", "Description", "Demandeur", "Structure", "Service", "Date", "Actions"]
        assert names(answer) == ["B Premier", "A Second"]
        assert "Attend depuis" in plain(answer.text)
        assert "FI_COMPTA" in answer.text

    @pytest.mark.parametrize("actor", ["stranger", "gp_elsewhere", "former_member", "operator", "superuser"])
    def test_hides_what_is_for_others_to_answer(self, login, world, actor):
        make_member(world.structure)
        asked = ask(world, last_name="Introuvable")

        answer = login(world.person(actor)).get(URL, {"status": ""})

        assert asked.requester.email not in answer.text
        assert "Aucune demande" in plain(answer.text)

    def test_filters_by_state_kind_structure_service_and_text(self, inside, gp, world, now):
        appoint_to(paris := StructureFactory(legal_name="MAIRIE"), gp)
        ask(world, last_name="Dupont", first_name="Jean")
        ask(world, last_name="Martin", first_name="Zoé", service=world.service)
        ask(world, last_name="Petit", first_name="Luc", structure=paris)
        approve(request_id=ask(world, last_name="Grand", first_name="Eve").pk, by=gp, at=now - timedelta(hours=1))
        member = make_member(world.structure)
        more = ask_profiles(
            attachment_id=member.attachments.get().pk, profiles={Profile.FACTURATION_VALIDATION}, by=member, at=now
        )

        def shown(**asked):
            return {name.rpartition(" ")[2] for name in names(inside.get(URL, asked))}

        waiting = {"Dupont", "Martin", "Petit", more.requester.last_name.rpartition(" ")[2]}
        assert shown() == waiting
        assert shown(status="") == waiting | {"Grand"}
        assert shown(status="VALIDEE") == {"Grand"}
        assert shown(kind="RATTACHEMENT") == {"Dupont", "Martin", "Petit"}
        assert shown(structure=str(paris.public_id)) == {"Petit"}
        assert shown(service="fi_compta") == {"Martin"}
        assert shown(q="zoé mart") == {"Martin"}
        assert shown(q="jean", service="FI_COMPTA") == set()

    def test_a_wrong_filter_is_said_and_the_others_serve(self, inside, world):
        ask(world, last_name="Dupont", first_name="Jean")
        ask(world, last_name="Martin", first_name="Zoé")

        answer = inside.get(URL, {"status": "EN_COURS_DE_VALIDATION", "kind": "AUTRE", "q": "dupont"})

        assert answer.status_code == 200
        assert names(answer) == ["Jean Dupont"]
        assert "Choisissez une valeur de la liste." in plain(answer.text)

    def test_deciding_the_last_row_of_a_page_keeps_the_place_and_the_filters(self, inside, gp, world, now):
        for number in range(30):
            ask(world, last_name=f"N{number:02d}", first_name="X", at=LONG_AGO + timedelta(minutes=number))
        first = inside.get(URL, {"q": "X"})
        following = next(elements(tree(first), "a", rel="next"))
        address = dict(following.attributes)["href"]
        last = ApprovalRequest.objects.order_by("asked_at")[24]
        approve(request_id=last.pk, by=gp, at=now)

        answer = inside.get(URL + address.replace("&amp;", "&"))

        assert "q=X" in address
        assert names(answer) == [f"X N{number:02d}" for number in range(25, 30)]

    def test_costs_the_same_for_one_row_and_for_a_full_page(self, inside, world):
        ask(world)
        with_one = count_queries(inside, URL)
        for _ in range(26):
            ask(world)

        assert count_queries(inside, URL) == with_one <= 7

    def test_the_header_counts_what_waits_and_says_no_more_than_99(self, inside, world):
        def counted():
            return text_of(next(elements(tree(inside.get("/organisation/")), id="attente")))

        assert counted() == ""
        ask(world)
        assert counted() == "1 demandes en attente"
        requester = UserFactory()
        ApprovalRequest.objects.bulk_create(
            ApprovalRequest(kind="RATTACHEMENT", requester=each, structure=world.structure, asked_at=LONG_AGO)
            for each in [requester, *UserFactory.create_batch(98)]
        )
        assert counted() == "99+ demandes en attente"


class TestARequest:
    def test_brings_what_helps_to_decide(self, inside, world):
        asked = ask(world, first_name="Marc", last_name="Delaunay", email="marc@ailleurs.example")

        page = plain(inside.get(asked.get_absolute_url()).text)

        assert "Je remplace Hervé." in page
        assert "marc@ailleurs.example" in page
        assert "Personne ici n’a une adresse de cette messagerie" in page
        assert "Aucun que vous puissiez voir" in page
        assert "Rien d’indiqué" in page

    def test_ticks_the_usual_profiles_and_greys_what_one_may_not_give(self, login, world):
        asked = ask(world) if make_member(world.structure) else None

        page = tree(login(world.person("modifier")).get(asked.get_absolute_url()))
        boxes = {
            dict(box.attributes)["value"]: dict(box.attributes)
            for box in elements(page, "input", name="profiles", type="checkbox")
        }

        assert "checked" in boxes["FACTURATION_CONSULTATION"]
        assert "checked" not in boxes["ORGANISATION_MODIFICATION"]
        assert "disabled" in boxes["FACTURATION_VALIDATION"]
        assert "disabled" not in boxes["ORGANISATION_MODIFICATION"]

    def test_is_approved_with_the_boxes_that_stay(self, inside, world):
        asked = ask(world)

        answer = inside.post(f"{asked.get_absolute_url()}approuver/", {"profiles": ["FACTURATION_CONSULTATION"]})

        assert answer.headers["Location"] == URL
        assert asked.requester.has_perm(Profile.FACTURATION_CONSULTATION, world.structure)
        assert not asked.requester.has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)
        assert "Vous pouvez revenir sur votre décision jusqu’à 10:40" in plain(inside.get(URL).text)

    @pytest.mark.parametrize(
        ("typed", "field", "sentence"),
        [
            ({"profiles": ["INVENTE"]}, "profiles", "Choisissez parmi les profils proposés."),
            ({"profiles": [], "ends_at": "2020-01-01T00:00:00"}, "ends_at", "La fin prévue doit être à venir."),
            ({"profiles": [], "ends_at": "demain"}, "ends_at", "Saisissez une date et une heure"),
        ],
    )
    def test_bad_input_is_refused_in_words(self, inside, world, typed, field, sentence):
        asked = ask(world)

        answer = inside.post(f"{asked.get_absolute_url()}approuver/", typed)

        assert answer.status_code == 422
        assert sentence in (error_of(answer, field) if field else plain(answer.text))
        asked.refresh_from_db()
        assert asked.is_pending

    def test_is_refused_for_a_reason(self, inside, world):
        asked = ask(world)
        url = f"{asked.get_absolute_url()}refuser/"

        missing = inside.post(url, {"reason_code": "", "reason_text": ""})
        silent = inside.post(url, {"reason_code": "AUTRE", "reason_text": " "})
        answer = inside.post(url, {"reason_code": "AUTRE", "reason_text": "Appelez-moi."})

        assert error_of(missing, "reason_code") == "Choisissez le motif du refus."
        assert error_of(silent, "reason_text").startswith("Dites à la personne pourquoi")
        assert answer.headers["Location"] == URL
        asked.refresh_from_db()
        assert (asked.status, asked.reason_text) == (RequestStatus.REFUSED, "Appelez-moi.")

    @pytest.mark.parametrize("act", ["approuver", "refuser"])
    def test_whoever_comes_second_is_told_who_was_first(self, inside, gp, world, act, now):
        asked, member = ask(world), world.person("member")
        approve(request_id=asked.pk, by=member, at=now)

        answer = inside.post(f"{asked.get_absolute_url()}{act}/", {"usual": "1", "reason_code": "INCONNU"})

        assert answer.status_code == 409
        assert f"Cette demande a déjà été traitée par {member}." in plain(answer.text)

    def test_is_not_there_for_others(self, login, world):
        make_member(world.structure)
        asked = ask(world)
        inside = login(world.person("gp_elsewhere"))

        assert inside.get(asked.get_absolute_url()).status_code == 404
        assert inside.post(f"{asked.get_absolute_url()}approuver/", {"usual": "1"}).status_code == 404


class TestARow:
    def test_is_approved_at_once_and_may_be_taken_back(self, inside, world):
        asked = ask(world)
        inside.post(f"{asked.get_absolute_url()}approuver/", {"usual": "1", "place": "q=x"})
        page = inside.get(URL)
        assert "Ce que vous venez de décider" in plain(page.text)

        answer = inside.post(f"{asked.get_absolute_url()}revenir/", {"place": "q=x"})

        assert answer.headers["Location"] == f"{URL}?q=x"
        asked.refresh_from_db()
        assert asked.is_pending
        assert not asked.requester.has_perm(Profile.FACTURATION_CONSULTATION, world.structure)

    def test_by_htmx_ends_on_the_page_loaded_afresh(self, inside, world):
        asked = ask(world)
        ask(world)
        page = HtmxPage(inside, inside.get(URL))
        url = f"{asked.get_absolute_url()}approuver/"

        page.trigger(page.find("button", formaction=url))

        fresh = inside.get(URL)
        assert names(fresh) == [str(ApprovalRequest.objects.pending().get().requester)]
        assert text_of(page.by_id("liste")) == text_of(next(elements(tree(fresh), id="liste")))
        assert text_of(page.by_id("attente")) == "1 demandes en attente"


class TestMany:
    def test_are_asked_once_then_decided_together(self, inside, world):
        asked = [ask(world) for _ in range(3)]
        ids = [str(each.public_id) for each in asked[:2]]

        question = inside.post(f"{URL}en-lot/", {"requests": ids, "decision": "approuver"})
        assert ApprovalRequest.objects.pending().count() == 3
        answer = inside.post(
            f"{URL}en-lot/", {"requests": ids, "decision": "approuver", "confirmed": "1"}, follow=True
        )

        assert "Approuver 2 demandes" in plain(question.text)
        assert "2 demandes approuvées" in said(answer)
        assert list(ApprovalRequest.objects.pending()) == [asked[2]]

    def test_are_refused_for_one_reason(self, inside, world):
        ids = [str(ask(world).public_id) for _ in range(2)]
        typed = {"requests": ids, "decision": "refuser", "confirmed": "1"}

        missing = inside.post(f"{URL}en-lot/", typed)
        inside.post(f"{URL}en-lot/", typed | {"reason_code": "INCONNU"})

        assert missing.status_code == 422
        assert error_of(missing, "reason_code") == "Choisissez le motif du refus."
        assert ApprovalRequest.objects.filter(status=RequestStatus.REFUSED).count() == 2

    def test_the_report_tells_those_that_others_decided(self, inside, world, now):
        mine, theirs = ask(world), ask(world)
        ids = [str(mine.public_id), str(theirs.public_id)]
        member = world.person("member")
        approve(request_id=theirs.pk, by=member, at=now)

        answer = inside.post(
            f"{URL}en-lot/", {"requests": ids, "decision": "approuver", "confirmed": "1"}, follow=True
        )

        assert "1 demande approuvée" in said(answer)
        assert f"{theirs.requester} : Cette demande a déjà été traitée par {member}." in said(answer)

    @pytest.mark.parametrize("ids", [[], ["x"], ["8d7b2f0a-0000-4000-8000-000000000000"], None])
    def test_forged_or_missing_ids_decide_nothing(self, inside, login, world, ids, now):
        elsewhere = ask(world, structure=appoint_to(world.elsewhere, UserFactory()) and world.elsewhere)
        sent = [str(elsewhere.public_id)] if ids is None else ids

        answer = inside.post(
            f"{URL}en-lot/", {"requests": sent, "decision": "approuver", "confirmed": "1"}, follow=True
        )

        assert any(words in " ".join(said(answer)) for words in ("Cochez au moins", "n’existe pas"))
        elsewhere.refresh_from_db()
        assert elsewhere.is_pending


def test_a_refusal_in_the_dialog_leads_the_browser_itself_to_the_list(inside, world):
    asked = ask(world)

    answer = inside.post(
        f"{asked.get_absolute_url()}refuser/", {"reason_code": "INCONNU"}, headers={"HX-Request": "true"}
    )

    assert answer.headers["HX-Redirect"] == URL
