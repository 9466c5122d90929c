"""Deciding on requests: who may, once, many at once, taken back for ten minutes (domain, 6.3)."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command

from chorus_org.kernel.journal.models import Event
from habilitations.enums import RefusalReason, RequestKind, RequestStatus
from habilitations.models import ApprovalRequest, Attachment, StructureHabilitation
from habilitations.operations.attachments import attach, end_attachment
from habilitations.operations.decisions import (
    AlreadyDecided,
    DecisionRefused,
    Report,
    approve,
    approve_many,
    refuse,
    refuse_many,
    undo,
)
from habilitations.operations.principal_manager import appoint
from habilitations.operations.profiles import grant
from habilitations.operations.requests import RequestOver, RequestRefused, ask_attachment, ask_profiles, withdraw
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.pages import plain
from tests.support.people import ACTORS, make_gp, make_member
from tests.support.queries import operation_queries
from tests.support.races import race, rounds

MINUTE = timedelta(minutes=1)
ON_THE_STRUCTURE = {"member", "modifier", "gp"}
ON_THE_SERVICE = ON_THE_STRUCTURE | {"service_member", "service_modifier"}
PEOPLE = [name for name in ACTORS if name != "anonymous"]


@pytest.fixture
def gp(world):
    return world.person("gp")


def ask(world, *, service=None, at=LONG_AGO, **more):
    by = more.pop("by", None) or UserFactory()
    return ask_attachment(structure_id=world.structure.pk, service_id=service and service.pk, by=by, at=at, **more)


def held_by(person, target):
    return {profile for profile in Profile if person.has_perm(profile, target)}


class TestWhoMay:
    @pytest.mark.parametrize("name", PEOPLE)
    @pytest.mark.parametrize("level", ["structure", "service"])
    def test_answer_an_attachment(self, world, name, level, now):
        make_member(world.structure)  # somebody can answer
        asked = ask(world, service=world.service if level == "service" else None)
        by = world.person(name)
        may = name in (ON_THE_SERVICE if level == "service" else ON_THE_STRUCTURE)

        listed = asked in ApprovalRequest.objects.for_approver(by, at=now)
        report = approve_many(request_ids=[asked.pk], by=by, at=now)

        assert listed == may
        assert (report.done, report.not_yours) == (([asked], []) if may else ([], [asked]))
        asked.refresh_from_db()
        assert asked.is_pending != may

    @pytest.mark.parametrize("name", PEOPLE)
    def test_answer_for_more_profiles(self, world, name, now):
        """It takes « Organisation modification » (rights, « What is asked », 4)."""
        member = make_member(world.structure)
        asked = ask_profiles(
            attachment_id=member.attachments.get().pk, profiles={Profile.FACTURATION_VALIDATION}, by=member, at=now
        )
        by = world.person(name)
        may = name in {"gp", "modifier"}

        assert (asked in ApprovalRequest.objects.for_approver(by, at=now)) == may
        assert bool(refuse_many(request_ids=[asked.pk], reason_code="INCONNU", by=by, at=now).done) == may

    def test_nobody_answers_their_own(self, world, now):
        """A person attached to one service, who validates there, asks for the whole structure… and for profiles."""
        modifier = world.person("service_modifier")
        world.person("gp")
        asked = ask(world, by=modifier)
        appoint_rights = make_member(world.structure, profiles={Profile.ORGANISATION_MODIFICATION})
        own = ask_profiles(
            attachment_id=appoint_rights.attachments.get().pk,
            profiles={Profile.FACTURATION_VALIDATION},
            by=appoint_rights,
            at=now,
        )

        for request, person in ((asked, modifier), (own, appoint_rights)):
            assert request not in ApprovalRequest.objects.for_approver(person, at=now)
            with pytest.raises(DecisionRefused, match="Répondre à cette demande revient"):
                approve(request_id=request.pk, by=person, at=now)


class TestApproving:
    def test_opens_the_attachment_with_the_usual_profiles_and_tells_who_asked(self, world, gp, mails, now):
        asked = ask(world, comment="Bonjour")

        approve(request_id=asked.pk, by=gp, at=now)

        asked.refresh_from_db()
        assert (asked.status, asked.decided_by, asked.decided_at) == (RequestStatus.APPROVED, gp, now)
        assert held_by(asked.requester, world.structure) >= world.structure.newcomers_profiles
        [attachment] = asked.requester.attachments.all()
        assert (attachment.service, attachment.started_at, attachment.started_by) == (None, now, gp)
        [mail] = mails.to(asked.requester.email)
        assert "Vous êtes rattaché à BANQUE DE FRANCE" in mail.subject
        assert f"approuvée par {gp}" in plain(mail.text)
        assert "Facturation consultation" in mail.text
        kinds = [event.kind for event in Event.objects.about(asked.requester)]
        assert kinds == ["request.asked", "request.approved", "attachment.opened", "profiles.granted"]

    def test_gives_the_profiles_chosen_until_a_planned_end(self, world, gp, now):
        asked = ask(world, service=world.service)
        end = now + timedelta(days=30)

        approve(request_id=asked.pk, profiles={Profile.FACTURATION_CONSULTATION}, ends_at=end, by=gp, at=now)

        assert held_by(asked.requester, world.service) == {Profile.FACTURATION_CONSULTATION}
        assert asked.requester.attachments.get().ends_at == end

    def test_nobody_gives_what_they_do_not_hold_save_the_gp(self, world, gp, now):
        modifier = world.person("modifier")
        first, second = ask(world), ask(world)
        wanted = {"profiles": {Profile.FACTURATION_VALIDATION}, "at": now}

        with pytest.raises(DecisionRefused, match="Vous ne pouvez pas donner ces profils.: Facturation validation"):
            approve(request_id=first.pk, by=modifier, **wanted)
        approve(request_id=second.pk, by=gp, **wanted)

        assert held_by(second.requester, world.structure) == {
            Profile.FACTURATION_VALIDATION,
            Profile.FACTURATION_CONSULTATION,
        }

    def test_what_was_asked_beyond_waits_for_who_may_give_it(self, world, gp, now):
        asked = ask(world, profiles={Profile.FACTURATION_CONSULTATION, Profile.ORGANISATION_MODIFICATION})

        approve(request_id=asked.pk, by=world.person("member"), at=now)

        assert held_by(asked.requester, world.structure) == {Profile.FACTURATION_CONSULTATION}
        [left] = ApprovalRequest.objects.pending().of(asked.requester)
        assert (left.kind, left.profiles) == (RequestKind.PROFILES, [Profile.ORGANISATION_MODIFICATION])
        approve(request_id=left.pk, by=gp, at=now)
        assert asked.requester.has_perm(Profile.ORGANISATION_MODIFICATION, world.structure)

    def test_what_cannot_be_done_any_more_is_said(self, world, gp, now):
        attached, asleep, closed = ask(world), ask(world), ask(world, service=world.other_service)
        attach(user_id=attached.requester_id, structure_id=world.structure.pk, by=None, at=LONG_AGO)
        type(asleep.requester).objects.filter(pk=asleep.requester_id).update(state="SUSPENDU")
        type(world.other_service).objects.filter(pk=world.other_service.pk).update(deleted_at=now)

        report = approve_many(request_ids=[attached.pk, asleep.pk, closed.pk], by=gp, at=now)

        said = {request.pk: plain(str(why)) for request, why in report.impossible}
        assert [(request.pk, request.outcome) for request in report.decided] == [
            (attached.pk, "Cette demande a déjà été traitée.")
        ]
        assert "n’est plus actif : refusez la demande" in said[asleep.pk]
        assert "Ce service n’est plus actif" in said[closed.pk]
        assert not report.done

    @pytest.mark.parametrize("count", [1, 60])
    def test_many_at_once_cost_what_one_costs(self, world, gp, count, now):
        approve(request_id=ask(world).pk, by=gp, at=now)
        asked = [ask(world).pk for _ in range(count)]

        with operation_queries() as queries:
            report = approve_many(request_ids=asked, by=gp, at=now)

        assert len(report.done) == count
        assert len(queries) <= 18
        call_command("check_habilitations")


class TestRefusing:
    def test_tells_why_and_what_next(self, world, gp, mails, now):
        asked = ask(world)

        refuse(request_id=asked.pk, reason_code=RefusalReason.ELSEWHERE, reason_text="Voyez Paris.", by=gp, at=now)

        asked.refresh_from_db()
        assert (asked.status, asked.reason_code, asked.reason_text) == (
            "REFUSEE",
            "MAUVAISE_STRUCTURE",
            "Voyez Paris.",
        )
        text = plain(mails.to(asked.requester.email)[-1].text)
        assert "Votre demande de rattachement à BANQUE DE FRANCE est refusée" in text
        assert "La demande vise la mauvaise structure" in text
        assert "« Voyez Paris. »" in text
        assert "Vérifiez l’identifiant de la structure" in text
        assert not Attachment.objects.of(asked.requester).exists()

    @pytest.mark.parametrize("text", ["", "   "])
    def test_another_reason_needs_words(self, world, gp, text, now):
        with pytest.raises(DecisionRefused) as refused:
            refuse(request_id=ask(world).pk, reason_code=RefusalReason.OTHER, reason_text=text, by=gp, at=now)

        assert refused.value.field == "reason_text"


class TestOnce:
    def test_the_second_is_told_whose_decision_came_first(self, world, gp, now):
        asked, member = ask(world), world.person("member")
        approve(request_id=asked.pk, by=member, at=now)

        with pytest.raises(AlreadyDecided) as refused:
            refuse(request_id=asked.pk, reason_code="INCONNU", by=gp, at=now)

        assert str(refused.value) == f"Cette demande a déjà été traitée par {member}."
        assert refused.value.status == 409

    @pytest.mark.parametrize("second", ["refuse", "approve", "withdraw"])
    @rounds
    def test_two_at_once_leave_one_outcome_one_event_and_one_mail(self, transactional_db, mails, now, second, _):
        structure = StructureFactory()
        gp, member = make_gp(structure), make_member(structure)
        asked = ask_attachment(structure_id=structure.pk, by=UserFactory(), at=LONG_AGO)
        acts = {
            "refuse": partial(refuse, request_id=asked.pk, reason_code="INCONNU", by=member, at=now),
            "approve": partial(approve, request_id=asked.pk, by=member, at=now),
            "withdraw": partial(withdraw, request_id=asked.pk, by=asked.requester, at=now),
        }

        outcomes = race(partial(approve, request_id=asked.pk, by=gp, at=now), acts[second])

        lost = [outcome for outcome in outcomes if isinstance(outcome, (AlreadyDecided, RequestOver))]
        assert len(lost) == 1
        asked.refresh_from_db()
        assert not asked.is_pending
        decided = (
            Event.objects.about(asked.requester).filter(kind__startswith="request.").exclude(kind="request.asked")
        )
        assert decided.count() == 1
        assert len(mails.to(asked.requester.email)) == (asked.status != RequestStatus.WITHDRAWN)
        assert Attachment.objects.of(asked.requester).count() == (asked.status == RequestStatus.APPROVED)


class TestUndoing:
    def test_takes_back_all_that_the_approval_gave(self, world, gp, mails, now):
        asked = ask(world, profiles={Profile.FACTURATION_CONSULTATION, Profile.ORGANISATION_MODIFICATION})
        approve(request_id=asked.pk, by=gp, at=now)

        undo(request_id=asked.pk, by=gp, at=now + 10 * MINUTE - timedelta.resolution)

        asked.refresh_from_db()
        assert (asked.status, asked.decided_by, asked.decided_at) == (RequestStatus.PENDING, None, None)
        assert not StructureHabilitation.objects.filter(user=asked.requester).exists()
        assert not Attachment.objects.of(asked.requester).live(now + 10 * MINUTE).exists()
        assert "attend de nouveau une réponse" in mails.to(asked.requester.email)[-1].subject
        call_command("check_habilitations")

    def test_leaves_what_was_held_before_the_decision(self, world, gp, now):
        """Somebody else gave one of the profiles while the request waited."""
        member, modifier = make_member(world.structure), world.person("modifier")
        attachment = member.attachments.get()
        wished = {Profile.FACTURATION_VALIDATION, Profile.ORGANISATION_MODIFICATION}
        asked = ask_profiles(attachment_id=attachment.pk, profiles=wished, by=member, at=LONG_AGO)
        grant(attachment=attachment, profiles={Profile.ORGANISATION_MODIFICATION}, by=modifier, at=LONG_AGO)
        approve(request_id=asked.pk, by=gp, at=now)

        undo(request_id=asked.pk, by=gp, at=now + MINUTE)

        assert member.has_perm(Profile.ORGANISATION_MODIFICATION, world.structure)
        assert not member.has_perm(Profile.FACTURATION_VALIDATION, world.structure)

    def test_takes_back_a_refusal(self, world, gp, now):
        asked = ask(world)
        refuse(request_id=asked.pk, reason_code="INCONNU", by=gp, at=now)

        undo(request_id=asked.pk, by=gp, at=now + MINUTE)

        asked.refresh_from_db()
        assert (asked.status, asked.reason_code) == (RequestStatus.PENDING, "")

    def test_after_ten_minutes_it_stands(self, world, gp, now):
        asked = ask(world)
        approve(request_id=asked.pk, by=gp, at=now)

        with pytest.raises(DecisionRefused, match="dix minutes"):
            undo(request_id=asked.pk, by=gp, at=now + 10 * MINUTE)

    def test_only_who_decided_takes_it_back(self, world, gp, now):
        asked = ask(world)
        approve(request_id=asked.pk, by=world.person("member"), at=now)

        with pytest.raises(DecisionRefused, match="Seule la personne qui a décidé"):
            undo(request_id=asked.pk, by=gp, at=now)

    def test_not_once_somebody_else_has_changed_the_person(self, world, gp, now):
        asked, modifier = ask(world), world.person("modifier")
        approve(request_id=asked.pk, by=modifier, at=now)
        attachment = asked.requester.attachments.get()
        grant(attachment=attachment, profiles={Profile.FACTURATION_VALIDATION}, by=gp, at=now + MINUTE)

        with pytest.raises(DecisionRefused, match="ont été changés depuis"):
            undo(request_id=asked.pk, by=modifier, at=now + 2 * MINUTE)

    def test_nor_once_they_were_detached(self, world, gp, now):
        asked = ask(world)
        approve(request_id=asked.pk, by=gp, at=now)
        end_attachment(attachment=asked.requester.attachments.get(), by=gp, at=now + MINUTE)

        with pytest.raises(DecisionRefused, match="détachée depuis"):
            undo(request_id=asked.pk, by=gp, at=now + 2 * MINUTE)

    def test_nor_once_they_asked_again(self, world, gp, now):
        asked = ask(world)
        refuse(request_id=asked.pk, reason_code="INCONNU", by=gp, at=now)
        ask(world, by=asked.requester, at=now)

        with pytest.raises(DecisionRefused, match="déjà fait une nouvelle demande"):
            undo(request_id=asked.pk, by=gp, at=now + MINUTE)


def test_a_report_of_nothing_refuses(db):
    with pytest.raises(DecisionRefused, match="Répondre à cette demande revient"):
        Report().refuse_unless_done()


def test_a_structure_may_keep_the_right_to_accept_for_chosen_people(world, gp, now):
    world.structure.newcomers_validate = False
    world.structure.save()
    asked = ask(world)

    approve(request_id=asked.pk, by=gp, at=now)

    assert not asked.requester.has_perm(Profile.RATTACHEMENT_VALIDATION, world.structure)
    assert asked.requester.has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)


def test_a_service_of_another_structure_is_refused_by_the_database(world, now):
    stranger, appointed = UserFactory(), UserFactory()
    appoint(structure_id=world.elsewhere.pk, user_id=appointed.pk, by=None, at=LONG_AGO)
    service = ServiceFactory()

    with pytest.raises(RequestRefused, match="pas actif dans cette structure"):
        ask_attachment(structure_id=world.elsewhere.pk, service_id=service.pk, by=stranger, at=now)


def test_a_decision_that_has_no_object_any_more_is_not_taken_back(world, gp, now):
    """A request that waits for what the person has, or cannot have, could never be answered."""
    member = make_member(world.structure)
    [attachment] = member.attachments.all()
    wanted = {"attachment_id": attachment.pk, "profiles": {Profile.FACTURATION_VALIDATION}, "by": member, "at": now}
    approved = ask_profiles(**wanted)
    approve(request_id=approved.pk, by=gp, at=now)
    refused = ask(world)
    refuse(request_id=refused.pk, reason_code=RefusalReason.TWICE, by=gp, at=now)
    attach(user_id=refused.requester_id, structure_id=world.structure.pk, by=gp, at=now)
    end_attachment(attachment=attachment, by=gp, at=now)

    for request in (approved, refused):
        with pytest.raises(DecisionRefused, match=r"détachée"):
            undo(request_id=request.pk, by=gp, at=now)
