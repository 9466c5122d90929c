"""Whatever people do with attachments, requests, invitations and profiles, in whatever order, rights stay right."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chorus_org.kernel.common.refusals import Refusal
from habilitations import policies
from habilitations.enums import RefusalReason
from habilitations.holdings import carried
from habilitations.invariants import findings
from habilitations.models import ApprovalRequest, Attachment, Invitation
from habilitations.operations.attachments import attach_person, detach
from habilitations.operations.decisions import approve, refuse, undo
from habilitations.operations.invitations import accept, cancel, decline
from habilitations.operations.newcomers import set_newcomers
from habilitations.operations.profiles import change, give_up
from habilitations.operations.requests import ask_attachment, ask_profiles, withdraw
from habilitations.tasks import end_planned_attachments, expire_requests
from structures.profiles import Profile
from tests.support.factories import ServiceFactory, StructureFactory, UserFactory
from tests.support.people import make_gp, make_member
from users.models import AccountState, User

PROFILES = [Profile.ORGANISATION_MODIFICATION, Profile.FACTURATION_VALIDATION, Profile.CESSION_CONSULTATION]
EVERYBODY = (0, 0, 0, 1, 1, 2, 3)  # the GP acts most: others are refused most


class Town:
    """A structure with a service, a GP, a member, and two who come; one has no account that acts yet."""

    def __init__(self, now):
        self.now = now
        self.structure = StructureFactory()
        self.service = ServiceFactory(structure=self.structure)
        gp, member = make_gp(self.structure), make_member(self.structure)
        self.people = [gp, member, UserFactory(), UserFactory(state=AccountState.A_ACTIVER)]

    def level(self, pick):
        return self.service.pk if pick % 2 else None

    def one(self, rows, pick):
        """Mostly one of those that are open: the others are refused."""
        found = list(rows.order_by("pk"))
        open_ones = [row for row in found if not (getattr(row, "ended_at", None) or getattr(row, "decided_at", None))]
        among = open_ones if open_ones and pick % 5 else found
        return among[pick % len(among)] if among else None

    def others(self):
        return Attachment.objects.exclude(user=self.people[0])

    def ask(self, by, pick):
        ask_attachment(structure_id=self.structure.pk, service_id=self.level(pick), by=by, at=self.now)

    def ask_more(self, by, pick):
        if mine := self.one(Attachment.objects.of(by), pick):
            ask_profiles(attachment_id=mine.pk, profiles=[PROFILES[pick % 3]], by=by, at=self.now)

    def withdraw(self, by, pick):
        if asked := self.one(ApprovalRequest.objects.all(), pick):
            withdraw(request_id=asked.pk, by=by, at=self.now)

    def approve(self, by, pick):
        if asked := self.one(ApprovalRequest.objects.all(), pick):
            approve(request_id=asked.pk, by=by, at=self.now)

    def refuse(self, by, pick):
        if asked := self.one(ApprovalRequest.objects.all(), pick):
            refuse(request_id=asked.pk, reason_code=RefusalReason.TWICE, by=by, at=self.now)

    def undo(self, by, pick):
        if asked := self.one(ApprovalRequest.objects.all(), pick):
            undo(request_id=asked.pk, by=by, at=self.now)

    def attach(self, by, pick):
        email = self.people[pick % 4].email
        ends = {"ends_at": self.now + timedelta(days=1)} if pick % 3 == 0 else {}
        attach_person(
            email=email,
            structure_ids=[self.structure.pk],
            service_id=self.level(pick // 4),
            by=by,
            at=self.now,
            **ends,
        )

    def answer(self, by, pick):
        if invitation := self.one(Invitation.objects.all(), pick):
            act = (accept, decline, cancel)[pick % 3]
            act(invitation_id=invitation.pk, by=by, at=self.now)

    def activate(self, by, pick):
        User.objects.filter(state=AccountState.A_ACTIVER).update(state=AccountState.ACTIF)

    def detach(self, by, pick):
        if attachment := self.one(self.others(), pick):
            ends_at = self.now + timedelta(days=1) if pick % 3 == 0 else None
            detach(attachment=attachment, ends_at=ends_at, reason="", by=by, at=self.now)

    def change(self, by, pick):
        if attachment := self.one(self.others(), pick):
            seen = set(carried([attachment])[attachment.pk])
            change(attachment=attachment, profiles=seen ^ {PROFILES[pick % 3]}, seen=seen, by=by, at=self.now)

    def give_up(self, by, pick):
        if mine := self.one(Attachment.objects.of(by), pick):
            give_up(attachment=mine, profile=PROFILES[pick % 3], by=by, at=self.now)

    def newcomers(self, by, pick):
        set_newcomers(
            structure_id=self.structure.pk,
            newcomers_validate=bool(pick % 2),
            take_back=not pick % 2,
            by=by,
            at=self.now,
        )

    def wait(self, by, pick):
        self.now += timedelta(days=pick)
        end_planned_attachments(at=self.now)
        expire_requests(at=self.now)


VERBS = [name for name in vars(Town) if not name.startswith("_") and name not in ("level", "one", "others")]
acts = st.lists(
    st.tuples(st.sampled_from(VERBS), st.sampled_from(EVERYBODY), st.integers(0, 40)), min_size=30, max_size=60
)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@settings(unhurried, max_examples=25)
@given(acts=acts)
def test_rights_stay_right(db, now, acts):
    live_through(acts, now)


@pytest.mark.slow
@settings(unhurried, max_examples=1000)
@given(acts=acts)
def test_rights_stay_right_a_thousand_times(db, now, acts):
    live_through(acts, now)


def live_through(acts, now):
    with transaction.atomic():
        town = Town(now)
        for verb, person, pick in acts:
            by = User.objects.get(pk=town.people[person].pk)
            if not by.is_active:
                continue
            try:
                with transaction.atomic():
                    getattr(town, verb)(by, pick)
            except Refusal:
                continue
        check(town)
        transaction.set_rollback(True)


def check(town):
    assert list(findings()) == []
    live = Attachment.objects.filter(ended_at=None).values("user", "structure", "service")
    pending = ApprovalRequest.objects.pending().values("requester", "structure", "service", "kind")
    for rows in (live, pending):
        assert not rows.annotate(n=Count("pk")).filter(n__gt=1).exists()
    town.structure.refresh_from_db()
    managing = Attachment.objects.live(town.now).get(user=town.structure.principal_manager, service=None)
    assert policies.is_manager(managing)
