"""What a page by key costs, among two thousand structures, two of each name."""

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from chorus_org.kernel.common.paging import SIZE, page
from structures.models import Structure
from tests.support.explain import plan_of
from tests.support.factories import StructureFactory


@pytest.fixture(scope="module")
def crowd(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        Structure.objects.bulk_create(StructureFactory.build(legal_name=f"COMMUNE {n // 2:04d}") for n in range(2000))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL random_page_cost = 1.1")  # what a solid-state disk is told
            cursor.execute("ANALYZE structures_structure")
        yield list(Structure.objects.order_by("name_key", "pk"))
        transaction.set_rollback(True)


def ask(asked=""):
    """The rows shown, and the plans of what was asked for them."""
    with CaptureQueriesContext(connection) as queries:
        rows = list(page(Structure.objects.all(), "name_key", QueryDict(asked)))
    return rows, [plan_of(query["sql"]) for query in queries]


@pytest.mark.parametrize("way", ["apres", "avant"])
@pytest.mark.parametrize("depth", [30, 1000, 1960])
def test_a_page_costs_the_same_at_any_depth(db, crowd, way, depth):
    rows, plans = ask(f"{way}={crowd[depth].public_id}")

    place, shown = plans
    assert rows == (crowd[depth + 1 : depth + 1 + SIZE] if way == "apres" else crowd[depth - SIZE : depth])
    assert place.buffers <= 10
    assert shown.buffers <= 30  # a hundred and more if all were read
    assert not place.scanned | shown.scanned


def test_the_first_page_is_one_query(db, crowd):
    rows, plans = ask()

    [shown] = plans
    assert rows == crowd[:SIZE]
    assert shown.buffers <= 30  # a hundred and more if all were read
    assert not shown.scanned
