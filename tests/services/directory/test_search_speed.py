"""What the search of the directory reads, in a country of 10,000 public structures (docs/performance.md)."""

from itertools import islice, product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.country import PUBLIC, rows
from benchmarks.queries import AWFUL, FILTERS
from chorus_org.kernel.common.identifiers import IdentifierType
from services.directory.forms import DirectoryForm
from structures.models import Structure
from structures.search import refresh_words
from tests.support.explain import plan_of

PUBLIC_ROWS = 10_000
BUFFERS = 1_500  # that one query may read, in a country of any size


@pytest.fixture
def country(db, now):
    made = [
        Structure(
            identifier_type=IdentifierType.SIRET,
            identifier=siret,
            legal_name=name,
            sector=sector,
            postal_code=postcode,
            city=town,
            engagement_number_required=must == 1,
            service_code_required=must == 2,
            created_at=now,
        )
        for siret, name, sector, postcode, town, must in islice(rows(int(PUBLIC_ROWS / PUBLIC)), PUBLIC_ROWS)
    ]
    Structure.objects.bulk_create(made)
    refresh_words()
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(oid) FROM pg_class WHERE relname ~ '^structure_search_[0-9]'")
        cursor.execute("ANALYZE structures_structure, structures_search_word")


def test_no_awful_search_reads_much_nor_a_whole_table(country):
    read, indexes = {}, set()
    for text, chosen in product(AWFUL, FILTERS):
        with CaptureQueriesContext(connection) as queries:
            DirectoryForm({"q": text, **chosen}).found()
        for query in queries:
            plan = plan_of(query["sql"])
            assert not ("tsquery" in query["sql"] and plan.scanned), query["sql"]
            indexes |= plan.indexes
            read[text, *chosen] = max(plan.buffers, read.get((text, *chosen), 0))

    assert {search: buffers for search, buffers in read.items() if buffers > BUFFERS} == {}
    assert {f"structure_search_{number}" for number in range(4)} <= indexes
