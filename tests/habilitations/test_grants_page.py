"""« Gérer les habilitations des utilisateurs »: choose a person, tick, see the difference, confirm (guide, 3.4)."""

from urllib.parse import urlencode

import pytest

from chorus_org.kernel.journal.models import Event
from habilitations.models import ServiceHabilitation, StructureHabilitation
from habilitations.operations.attachments import attach, end_attachment
from habilitations.operations.profiles import ProfilesChanged, ProfilesRefused, change, give_up, grant
from structures.profiles import ORGANISATION_PROFILES, PUBLIC_ONLY, Profile, defaults
from tests.support.factories import LONG_AGO, StructureFactory, UserFactory
from tests.support.htmx import HtmxPage
from tests.support.pages import elements, plain, text_of, tree
from tests.support.people import make_gp, make_member
from tests.support.queries import count_queries
from tests.support.races import race, rounds

URL = "/organisation/utilisateurs/habilitations/"
USUAL = defaults(is_public=True)


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def marc(world):
    return make_member(world.structure)


def whose(user, structure, service=None):
    return {"structure": structure.public_id, "service": service.public_id if service else "", "user": user.public_id}


def carried_by(user, rows=StructureHabilitation):
    return set(rows.objects.filter(user=user).values_list("permission__codename", flat=True))


def boxes(answer):
    """{value of a box: its attributes}."""
    found = elements(tree(answer), "input", name="profiles", type="checkbox")
    return {dict(box.attributes)["value"]: dict(box.attributes) for box in found}


def shown(answer):
    """What the form of the page would send, as a browser reads it."""
    page = tree(answer)
    sent = {"profiles": []}
    for kind in ("hidden", "checkbox"):
        for box in elements(page, "input", type=kind):
            each = dict(box.attributes)
            if each["name"] == "profiles" and "disabled" not in each and (kind == "hidden" or "checked" in each):
                sent["profiles"].append(each["value"])
            elif kind == "hidden" and each["name"] in ("structure", "service", "user", "seen", "confirmed"):
                sent[each["name"]] = each.get("value") or ""
    return sent


class TestThePage:
    def test_shows_what_is_held_by_application_with_a_sentence_each(self, login, gp, marc, world):
        answer = login(gp).get(URL, whose(marc, world.structure))

        held = {value for value, box in boxes(answer).items() if "checked" in box}
        assert held == {profile.name for profile in USUAL}
        assert "permet d’ouvrir et modifier les engagements" in plain(answer.text)
        assert f"{marc.get_full_name()}, rattaché à BANQUE DE FRANCE (maille structure)" in text_of(tree(answer))
        assert "18 profils." in text_of(tree(answer))

    def test_locks_what_another_box_gives(self, login, gp, marc, world):
        found = boxes(login(gp).get(URL, whose(marc, world.structure)))

        assert "disabled" in found["FACTURATION_CONSULTATION"]
        assert "disabled" not in found["FACTURATION_MODIFICATION"]

    def test_offers_no_engagement_in_a_private_structure(self, login, db):
        private = StructureFactory(private=True)
        gp, person = make_gp(private), make_member(private)

        found = boxes(login(gp).get(URL, whose(person, private)))

        assert not {profile.name for profile in PUBLIC_ONLY} & found.keys()

    def test_a_manager_gives_only_what_they_hold(self, login, marc, world):
        found = boxes(login(world.person("modifier")).get(URL, whose(marc, world.structure)))

        assert "disabled" in found["FACTURATION_VALIDATION"]
        assert "disabled" not in found["FACTURATION_MODIFICATION"]

    def test_whoever_manages_one_service_sees_its_people_only(self, login, marc, world):
        manager, colleague = world.person("service_modifier"), make_member(world.structure, world.service)

        page = login(manager).get(URL)

        names = plain(page.text)
        assert colleague.email in names
        assert marc.email not in names
        assert "FI_ACHATS" not in names
        assert not boxes(login(manager).get(URL, whose(marc, world.structure)))

    def test_says_who_may_where_one_may_nowhere(self, login, gp, world):
        refused = login(world.person("member")).get(URL)

        assert refused.status_code == 403
        assert f"Adressez-vous à {gp} (BANQUE DE FRANCE)." in plain(refused.text)

    def test_more_than_25_people_are_searched_with_and_without_htmx(self, login, gp, world):
        for _ in range(26):
            make_member(world.structure)
        zoe = UserFactory(first_name="Zoé", last_name="Zimmermann")
        attach(user_id=zoe.pk, structure_id=world.structure.pk, by=None, at=LONG_AGO)
        client = login(gp)

        first = client.get(URL)
        found = client.get(URL, {"structure": world.structure.public_id, "user_q": "zimm"})
        page = HtmxPage(client, client.get(URL))
        page.fill(user_q="zoé zimm")
        page.trigger("f_user_q")

        assert len(list(elements(tree(first), "input", type="radio", name="user"))) == 10
        assert "Il y en a d’autres : précisez pour les voir." in plain(first.text)
        assert zoe.email not in first.text
        [radio] = elements(tree(found), "input", type="radio", name="user")
        assert dict(radio.attributes)["value"] == str(zoe.public_id)
        assert zoe.email in text_of(page.by_id("trouves-user"))
        chosen = client.get(URL, whose(zoe, world.structure))
        assert "Zoé Zimmermann, rattaché à" in text_of(tree(chosen))
        assert "Rien ne répond à « introuvable »" in plain(client.get(URL, {"user_q": "introuvable"}).text)

    def test_costs_the_same_for_one_person_and_for_many(self, login, gp, marc, world):
        client, address = login(gp), whose(marc, world.structure)
        address = URL + "?" + urlencode(address)
        few = count_queries(client, address)
        for _ in range(20):
            make_member(world.structure)

        assert count_queries(client, address) == few <= 12


class TestChanging:
    def test_is_shown_as_a_difference_then_saved_once_confirmed(self, login, gp, marc, world, mails):
        client, address = login(gp), whose(marc, world.structure)
        sent = shown(client.get(URL, address))
        sent["profiles"] = [one for one in sent["profiles"] if one != "CESSION_MODIFICATION"]
        sent["profiles"].append("FACTURATION_VALIDATION")

        asked = client.post(URL, sent)
        before = carried_by(marc)
        answer = client.post(URL, shown(asked), follow=True)

        page = text_of(tree(asked))
        assert "Ajouté : Facturation validation" in page
        assert "Retiré : Cession modification" in page
        assert before == USUAL
        assert carried_by(marc) == USUAL - {Profile.CESSION_MODIFICATION} | {Profile.FACTURATION_VALIDATION}
        assert "L’envoi des données pour « Gérer les habilitations des utilisateurs »" in plain(answer.text)
        [mail] = mails
        assert mail.recipient == marc.email
        assert "Vous détenez maintenant aussi : Facturation validation." in plain(mail.text)
        assert "Vous ne détenez plus : Cession modification." in plain(mail.text)

    def test_unticking_what_gives_leaves_what_it_gave(self, login, gp, marc, world):
        client = login(gp)
        StructureHabilitation.objects.filter(user=marc, permission__codename=Profile.CESSION_CONSULTATION).delete()
        sent = shown(client.get(URL, whose(marc, world.structure)))
        sent["profiles"] = [one for one in sent["profiles"] if one != "CESSION_MODIFICATION"]

        client.post(URL, shown(client.post(URL, sent)))

        assert carried_by(marc) == USUAL - {Profile.CESSION_MODIFICATION}

    def test_all_is_taken_with_one_button_but_what_cannot_be(self, login, gp, marc, world):
        client = login(gp)
        for person, left in ((marc, set()), (gp, ORGANISATION_PROFILES)):
            sent = shown(client.get(URL, whose(person, world.structure))) | {"action": "clear"}

            asked = client.post(URL, sent)
            client.post(URL, shown(asked))

            assert carried_by(person) == left

    def test_can_be_taken_up_again_from_the_difference(self, login, gp, marc, world):
        client = login(gp)
        sent = shown(client.get(URL, whose(marc, world.structure)))
        sent["profiles"].remove("CESSION_MODIFICATION")

        again = client.post(URL, shown(client.post(URL, sent)) | {"action": "modifier"})

        assert "checked" not in boxes(again)["CESSION_MODIFICATION"]
        assert carried_by(marc) == USUAL

    def test_on_a_service_stays_on_the_service(self, login, world):
        manager, person = world.person("service_modifier"), make_member(world.structure, world.service)
        client = login(manager)
        sent = shown(client.get(URL, whose(person, world.structure, world.service)))
        sent["profiles"].remove("CESSION_MODIFICATION")

        client.post(URL, shown(client.post(URL, sent)))

        assert carried_by(person, ServiceHabilitation) == USUAL - {Profile.CESSION_MODIFICATION}

    def test_refuses_when_somebody_else_changed_them_meanwhile(self, login, gp, marc, world, now):
        client = login(gp)
        sent = shown(client.get(URL, whose(marc, world.structure)))
        asked = client.post(URL, sent)
        [attachment] = marc.attachments.all()
        grant(attachment=attachment, profiles={Profile.FACTURATION_VALIDATION}, by=gp, at=now)

        late = client.post(URL, shown(asked))

        assert late.status_code == client.post(URL, sent).status_code == 409
        assert "ont changé entre-temps" in plain(late.text)
        assert "checked" in boxes(late)["FACTURATION_VALIDATION"]

    @pytest.mark.parametrize(
        "change",
        [{"user": "x"}, {"user": "00000000-0000-4000-8000-000000000000"}, {"structure": "x"}, {"service": "x"}],
    )
    def test_refuses_whom_one_may_not_name_in_the_same_words(self, login, gp, marc, world, change):
        client = login(gp)
        answer = client.post(URL, shown(client.get(URL, whose(marc, world.structure))) | {"confirmed": "1"} | change)

        assert answer.status_code == 422
        assert "Choisissez" in plain(answer.text)
        assert carried_by(marc) == USUAL

    def test_refuses_profiles_that_do_not_exist(self, login, gp, marc, world):
        client = login(gp)
        sent = shown(client.get(URL, whose(marc, world.structure)))

        answer = client.post(URL, sent | {"profiles": ["TOUT"], "confirmed": "1"})

        assert answer.status_code == 422
        assert "Choisissez parmi les profils proposés." in plain(answer.text)


class TestTheOperation:
    def test_neither_the_gp_nor_a_manager_is_lowered(self, gp, world, now):
        manager = world.person("modifier")
        for by, person in ((manager, gp), (gp, gp), (manager, manager)):
            [attachment] = person.attachments.all()

            change(attachment=attachment, profiles=[], seen=carried_by(person), by=by, at=now)

            assert person.has_perm(Profile.ORGANISATION_MODIFICATION, world.structure)

    def test_another_manager_takes_it(self, gp, world, now):
        manager = world.person("modifier")
        [attachment] = manager.attachments.all()

        done = change(attachment=attachment, profiles=[], seen=carried_by(manager), by=gp, at=now)

        assert Profile.ORGANISATION_MODIFICATION in done.removed
        assert not carried_by(manager)

    def test_nobody_gives_what_they_do_not_hold_but_the_gp(self, gp, marc, world, now):
        [attachment] = marc.attachments.all()
        wanted = {"profiles": USUAL | {Profile.FACTURATION_VALIDATION}, "seen": USUAL}

        with pytest.raises(ProfilesRefused, match="Vous ne pouvez pas donner ces profils"):
            change(attachment=attachment, by=world.person("modifier"), at=now, **wanted)
        change(attachment=attachment, by=gp, at=now, **wanted)

        assert Profile.FACTURATION_VALIDATION in carried_by(marc)

    def test_what_changes_nothing_is_not_told(self, gp, marc, mails, now):
        [attachment] = marc.attachments.all()
        before = Event.objects.count()

        change(attachment=attachment, profiles=USUAL, seen=USUAL, by=gp, at=now)

        assert (Event.objects.count(), len(mails)) == (before, 0)

    def test_refuses_an_attachment_that_is_over(self, gp, marc, now):
        [attachment] = marc.attachments.all()
        end_attachment(attachment=attachment, by=gp, at=now)

        with pytest.raises(ProfilesRefused, match="terminé"):
            change(attachment=attachment, profiles=[], seen=[], by=gp, at=now)

    def test_one_gives_up_a_profile_of_ones_own_and_what_gives_it(self, marc, now):
        [attachment] = marc.attachments.all()

        done = give_up(attachment=attachment, profile=Profile.CESSION_CONSULTATION, by=marc, at=now)

        assert done.removed == {Profile.CESSION_CONSULTATION, Profile.CESSION_MODIFICATION}
        assert carried_by(marc) == USUAL - done.removed

    def test_nobody_gives_up_for_another_nor_what_is_not_held_nor_the_managing(self, gp, marc, world, now):
        [attachment], [managing] = marc.attachments.all(), gp.attachments.all()
        for refused in (
            {"attachment": attachment, "profile": Profile.CESSION_MODIFICATION, "by": gp},
            {"attachment": attachment, "profile": Profile.FACTURATION_VALIDATION, "by": marc},
            {"attachment": managing, "profile": Profile.RATTACHEMENT_VALIDATION, "by": gp},
        ):
            with pytest.raises(ProfilesRefused):
                give_up(at=now, **refused)


@pytest.mark.django_db(transaction=True)
@rounds
def test_two_who_change_together_one_is_told(_, now):
    structure = StructureFactory()
    gp, person = make_gp(structure), make_member(structure)
    manager = make_member(structure, profiles={Profile.ORGANISATION_MODIFICATION})
    [attachment] = person.attachments.all()
    first = USUAL - {Profile.CESSION_MODIFICATION}
    second = USUAL - {Profile.MARCHE_MODIFICATION}

    outcomes = race(
        lambda: change(attachment=attachment, profiles=first, seen=USUAL, by=gp, at=now),
        lambda: change(attachment=attachment, profiles=second, seen=USUAL, by=manager, at=now),
    )

    assert sum(isinstance(outcome, ProfilesChanged) for outcome in outcomes) == 1
    assert carried_by(person) in (first, second)
    assert Event.objects.about(person).filter(at=now).count() == 1
