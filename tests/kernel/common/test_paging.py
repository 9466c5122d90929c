"""Pages by key: each row once, whichever way one walks, at the same cost wherever one is."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from chorus_org.kernel.common import paging
from chorus_org.kernel.common.paging import SIZE, page
from services.models import Service
from structures.models import Structure
from tests.support.factories import ServiceFactory, StructureFactory


def make(count):
    """Structures with few different names, so that most keys are equal, written in no order."""
    names = ["BRON", "ALBI", "CAEN"]
    Structure.objects.bulk_create(StructureFactory.build(legal_name=names[n % 3]) for n in range(count))


def shown(asked=""):
    return page(Structure.objects.all(), "name_key", QueryDict(asked.removeprefix("?")))


def in_order():
    return list(Structure.objects.order_by("name_key", "pk"))


def walk(start, way):
    pages = [start]
    while address := getattr(pages[-1], way):
        pages.append(shown(address))
        assert len(pages) < 20
    return pages


@pytest.mark.parametrize("count", [0, 1, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE, 2 * SIZE + 1, 4 * SIZE])
def test_walking_forward_shows_each_row_once_in_order(db, count):
    make(count)

    pages = walk(shown(), "next")

    assert [row for rows in pages for row in rows] == in_order()
    assert [len(rows) for rows in pages[:-1]] == [SIZE] * (len(pages) - 1)
    assert len(pages) == max(1, -(-count // SIZE))
    assert pages[0].previous is None
    assert all(rows.previous for rows in pages[1:])


@pytest.mark.parametrize("count", [SIZE + 1, 2 * SIZE, 2 * SIZE + 1, 4 * SIZE])
def test_walking_back_shows_the_same_pages(db, count):
    make(count)
    forward = walk(shown(), "next")

    backward = walk(forward[-1], "previous")

    assert [list(rows) for rows in reversed(backward)] == [list(rows) for rows in forward]
    assert backward[-1].previous is None
    assert all(rows.next for rows in backward[1:])


@pytest.mark.parametrize("way", ["apres", "avant"])
@pytest.mark.parametrize(
    "place",
    [
        "",
        "1",
        "x",
        "\x00",
        "' OR 1=1 --",
        "00000000-0000-0000-0000-00000000000g",
        "6c0b1f0e-9f0e-4c39-9f8b-1f1f8d2a7c11",
        "é" * 300,
        "{}",
    ],
)
def test_a_place_that_is_none_gives_the_first_page(db, way, place):
    make(SIZE + 5)
    asked = QueryDict(mutable=True)
    asked[way] = place

    forged = page(Structure.objects.all(), "name_key", asked)

    assert list(forged) == in_order()[:SIZE]
    assert forged.previous is None


@pytest.mark.parametrize("way", ["apres", "avant"])
def test_a_place_outside_of_the_list_gives_the_first_page(db, way):
    make(SIZE + 5)
    stranger = StructureFactory(legal_name="BRON", is_active=False)
    mine = Structure.objects.filter(is_active=True)

    forged = page(mine, "name_key", QueryDict(f"{way}={stranger.public_id}"))

    assert list(forged) == in_order_of(mine)[:SIZE]


def in_order_of(queryset):
    return list(queryset.order_by("name_key", "pk"))


def test_a_place_with_nothing_after_it_gives_the_last_page(db):
    make(SIZE + 5)

    reached = shown(f"apres={in_order()[-1].public_id}")

    assert list(reached) == in_order()[5:]
    assert reached.next is None
    assert list(shown(reached.previous)) == in_order()[:SIZE]  # five before it: the whole first page


def test_a_place_with_nothing_before_it_gives_the_first_page(db):
    make(SIZE + 5)

    reached = shown(f"avant={in_order()[0].public_id}")

    assert list(reached) == in_order()[:SIZE]
    assert reached.previous is None


def shown_active(asked, **keep):
    """A list that shows the active ones alone, to who may see them all."""
    return page(
        Structure.objects.filter(is_active=True),
        "name_key",
        QueryDict(asked.removeprefix("?")),
        within=Structure.objects.all(),
        keep=keep,
    )


@pytest.mark.parametrize("gone", [1, SIZE])
def test_rows_that_leave_the_filter_still_mark_their_place(db, gone):
    make(2 * SIZE + 5)
    everyone = in_order()
    first = shown_active("")
    for structure in first.rows[-gone:]:
        Structure.objects.filter(pk=structure.pk).update(is_active=False)

    assert list(shown_active(first.next)) == everyone[SIZE : 2 * SIZE]


def test_a_last_page_that_empties_gives_the_one_before(db):
    make(SIZE + 1)
    everyone = in_order()
    here = shown_active("").next
    Structure.objects.filter(pk=everyone[-1].pk).update(is_active=False)

    emptied = shown_active(here)

    assert list(emptied) == everyone[:SIZE]
    assert (emptied.previous, emptied.next) == (None, None)


def test_the_neighbours_keep_what_the_address_asks(db):
    make(2 * SIZE + 1)

    second = shown_active(shown_active("").next, statut=["a b", "c&d"], q="é")

    for address, way in ((second.previous, "avant"), (second.next, "apres")):
        kept = QueryDict(address.removeprefix("?"))
        assert (kept.getlist("statut"), kept["q"]) == (["a b", "c&d"], "é")
        assert way in kept


@pytest.mark.parametrize("order", ["active_until", "-active_until", "-label"])
def test_any_order_both_ways_nulls_being_the_greatest(db, order):
    structure, now = StructureFactory(), timezone.now()
    Service.objects.bulk_create(
        ServiceFactory.build(
            structure=structure,
            label=f"Service {n % 5}",
            active_from=now,
            active_until=now + timedelta(days=1 + n % 3) if n % 4 else None,
        )
        for n in range(3 * SIZE + 7)
    )

    def at(asked):
        return page(Service.objects.all(), order, QueryDict(asked.removeprefix("?")))

    def keys(row):
        value = getattr(row, order.removeprefix("-"))
        return (value is None, value or now, row.pk)

    pages = [at("")]
    while pages[-1].next:
        pages.append(at(pages[-1].next))
    back = [pages[-1]]
    while back[-1].previous:
        back.append(at(back[-1].previous))

    rows = [row for rows in pages for row in rows]
    assert rows == sorted(Service.objects.all(), key=keys, reverse=order.startswith("-"))
    assert [list(rows) for rows in reversed(back)] == [list(rows) for rows in pages]


def test_a_row_that_comes_while_one_reads_is_seen_at_its_place_and_repeats_none(db):
    make(2 * SIZE)
    first = shown()
    newcomer = StructureFactory(legal_name="ZUYDCOOTE")

    rest = [row for rows in walk(shown(first.next), "next") for row in rows]

    assert not set(first) & set(rest)
    assert rest[-1] == newcomer


def test_a_row_that_goes_while_one_reads_hides_no_other(db):
    make(2 * SIZE + 5)
    first = shown()
    everyone = in_order()
    Structure.objects.filter(pk=first.rows[3].pk).delete()

    rest = [row for rows in walk(shown(first.next), "next") for row in rows]

    assert list(first) + rest == everyone


@pytest.mark.parametrize("order", [("legal_name", "pk"), ("-legal_name", "pk")])
def test_every_row_is_read_in_order_a_part_at_a_time(db, monkeypatch, django_assert_num_queries, order):
    monkeypatch.setattr(paging, "PART", 2)
    for name in ("C", "A", "E", "B", "D"):
        StructureFactory(legal_name=name)
    StructureFactory(legal_name="Z", is_active=False)
    rows = Structure.objects.filter(is_active=True).order_by(*order)

    with django_assert_num_queries(4):
        read = list(paging.every(rows))

    assert read == list(rows)


def test_a_row_that_goes_while_all_are_read_is_left_out(db, monkeypatch):
    monkeypatch.setattr(paging, "PART", 1)
    first, second, third = StructureFactory.create_batch(3)
    reading = paging.every(Structure.objects.order_by("pk"))
    read = [next(reading)]
    second.delete()

    assert [*read, *reading] == [first, third]
