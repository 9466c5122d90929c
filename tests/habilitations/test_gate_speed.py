"""What the gate costs, among a few thousand rows: buffers read and queries asked, which no machine's speed changes."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chorus_org.kernel.common import rights
from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import Attachment
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from tests.support.explain import plan_of
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from users.models import User

SIZE = 600
BIG = {
    "structures_structure",
    "services_service",
    "users_user",
    "habilitations_attachment",
    "habilitations_structurehabilitation",
    "habilitations_servicehabilitation",
}


class Crowd:
    """Hundreds of people with a few profiles on two structures and one service, and three who are asked about."""

    def __init__(self):
        self.people = self._people(*range(SIZE))
        self.structures = Structure.objects.bulk_create(StructureFactory.build() for _ in range(SIZE))
        self.services = Service.objects.bulk_create(
            ServiceFactory.build(structure=structure) for structure in self.structures for _ in range(2)
        )
        self.manager, self.stranger, self.service_member = self._people("gp", "stranger", "member")
        few = list(Profile)[:4]
        self._attach(zip(self.people, self.structures, strict=True), few)
        self._attach(zip(self.people[1:], self.structures, strict=False), few)
        self._attach(zip(self.people, self.services[1::2], strict=True), few)
        self._attach(((self.manager, structure) for structure in self.structures[:3]), Profile)
        self._attach([(self.service_member, self.services[0])], Profile)
        self.crowded = self.structures[-2]
        self._attach(((user, self.crowded) for user in self.people[:-5]), [Profile.FACTURATION_CONSULTATION])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL random_page_cost = 1.1")  # what a solid-state disk is told
            cursor.execute("ANALYZE")

    def _people(self, *names):
        return User.objects.bulk_create(UserFactory.build(email=f"{name}@example.org", password="!") for name in names)

    def _attach(self, pairs, profiles):
        pairs = list(pairs)
        model = type(pairs[0][1])
        Attachment.objects.bulk_create(
            Attachment(user=user, structure=obj, started_at=LONG_AGO)
            if model is Structure
            else Attachment(user=user, structure=obj.structure, service=obj, started_at=LONG_AGO)
            for user, obj in pairs
        )
        ids = permissions.ids(model, profiles)
        ROWS[model].objects.bulk_create(
            ROWS[model](user=user, content_object=obj, permission_id=pk) for user, obj in pairs for pk in ids
        )


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield Crowd()
        transaction.set_rollback(True)


@pytest.mark.parametrize("person", ["manager", "stranger", "service_member"])
@pytest.mark.parametrize("kind", ["structures", "services"])
def test_one_check_reads_thirty_buffers_at_most(db, crowd, person, kind):
    obj = getattr(crowd, kind)[0]
    user = getattr(crowd, person)

    with CaptureQueriesContext(connection) as queries:
        held = user.has_perm(Profile.ORGANISATION_MODIFICATION, obj)

    [query] = queries
    plan = plan_of(query["sql"])
    assert held == (
        (person, kind) in {("manager", "structures"), ("manager", "services"), ("service_member", "services")}
    )
    assert plan.buffers <= 30
    assert not plan.scanned & BIG


@pytest.mark.parametrize(("person", "size"), [("manager", 3), ("stranger", 0)])
def test_the_page_of_what_one_manages_reads_two_hundred_buffers_at_most(db, crowd, person, size):
    user = getattr(crowd, person)

    held = Structure.objects.held_by(user, Profile.ORGANISATION_MODIFICATION).order_by("name_key", "id")[:26]

    plan = plan_of(held)
    assert len(held) == size
    assert plan.buffers <= 200
    assert not plan.scanned & BIG


@pytest.mark.parametrize("question", ["held_by", "visible_to", "readable_by"])
@pytest.mark.parametrize(("person", "size"), [("manager", 2), ("stranger", 0), ("service_member", 1)])
def test_the_services_of_one_structure_are_found_without_reading_the_others(db, crowd, question, person, size):
    services = Service.objects.filter(structure=crowd.structures[0]).with_code_key()
    asked = [Profile.FACTURATION_CONSULTATION] if question == "held_by" else []

    page = getattr(services, question)(getattr(crowd, person), *asked).order_by("code_key", "id")[:26]

    plan = plan_of(page)
    assert len(page) == size
    assert plan.buffers <= 200
    assert not plan.scanned & BIG


@pytest.mark.parametrize("person", ["manager", "stranger", "service_member"])
def test_the_services_of_all_my_structures_are_found_without_reading_the_others(db, crowd, person):
    user = getattr(crowd, person)

    page = Service.objects.held_by(user, Profile.FACTURATION_CONSULTATION).order_by("code", "id")[:26]

    plan = plan_of(page)
    assert len(page) == {"manager": 6, "stranger": 0, "service_member": 1}[person]
    assert plan.buffers <= 200
    assert not plan.scanned & BIG


@pytest.mark.parametrize("kind", ["structures", "services"])
def test_a_page_of_profiles_is_one_query_for_one_object_and_for_a_hundred(db, crowd, kind):
    objects = getattr(crowd, kind)
    gate = rights.gate()

    for size in (1, 100):
        with CaptureQueriesContext(connection) as queries:
            held = gate.profiles_on(crowd.manager, objects[:size])

        [query] = queries
        plan = plan_of(query["sql"])
        assert Profile.ORGANISATION_MODIFICATION in held[objects[0]]
        assert len(held) == size
        assert not plan.scanned & BIG


@pytest.mark.parametrize("kind", ["structures", "services"])
def test_who_holds_a_profile_is_found_from_the_object(db, crowd, kind):
    obj = getattr(crowd, kind)[0]

    with CaptureQueriesContext(connection) as queries:
        holders = list(rights.gate().holders(User.objects.all(), Profile.ORGANISATION_CONSULTATION, obj))

    plans = [plan_of(query["sql"]) for query in queries]
    expected = {crowd.manager, crowd.people[0], crowd.people[1]}
    assert set(holders) == (expected if kind == "structures" else expected | {crowd.service_member})
    assert sum(plan.buffers for plan in plans) <= 200
    assert not set().union(*(plan.scanned for plan in plans)) & BIG


def test_the_few_who_decide_are_found_without_reading_everyone(db, crowd):
    with CaptureQueriesContext(connection) as queries:
        holders = list(rights.gate().holders(User.objects.all(), Profile.ORGANISATION_MODIFICATION, crowd.crowded))

    plans = [plan_of(query["sql"]) for query in queries]
    assert set(holders) == {crowd.people[-2], crowd.people[-1]}
    assert sum(plan.buffers for plan in plans) <= 80
