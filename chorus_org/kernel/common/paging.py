"""Pages by key: each costs the same wherever it starts, and none counts what it does not show.

The place in the list stands in the address as the public id of a row: `?apres=…` goes forward, `?avant=…` back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.sql.where import WhereNode

SIZE = 25
PART = 1_000  # rows of `every` in memory at once


@dataclass(frozen=True)
class Page:
    """One page of rows, in order, and the addresses of its neighbours; None where the list ends."""

    rows: list[Any]
    previous: str | None
    next: str | None

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page(
    queryset: QuerySet,
    order: str,
    asked: Mapping[str, str],
    *,
    within: QuerySet | None = None,
    keep: Mapping[str, Any] | None = None,
) -> Page:
    """The page of `queryset`, ordered by (key, pk), that the address asks for; its first one if it asks for none.

    A row still marks its place once it left `queryset` (a request just decided), as long as it is `within`. A place
    that is not there gives the first page; one with nothing after it, the last; one with less than a page before it,
    the first.

    :param order: a field, or an alias that is never null (`QuerySet.alias`); `"-asked_at"` for the greatest first.
        Null is greater than anything, as PostgreSQL sorts.
    :param asked: the parameters of the address (`request.GET`).
    :param within: the rows that the person may see, filtered or not; `queryset` itself where nothing filters.
    :param keep: the parameters that the addresses of the neighbours carry along.
    """
    key, up = order.removeprefix("-"), not order.startswith("-")
    backward = "avant" in asked
    place = _place(queryset if within is None else within, key, asked.get("avant" if backward else "apres"))
    if place and backward:
        rows = _read(queryset, key, place, up=not up)
        if len(rows) > SIZE:
            return _page(rows[SIZE - 1 :: -1], keep, before=True, after=True)
    elif place:
        rows = _read(queryset, key, place, up=up)
        if rows:
            return _page(rows[:SIZE], keep, before=True, after=len(rows) > SIZE)
        rows = _read(queryset, key, None, up=not up)
        return _page(rows[SIZE - 1 :: -1], keep, before=len(rows) > SIZE, after=False)
    rows = _read(queryset, key, None, up=up)
    return _page(rows[:SIZE], keep, before=False, after=len(rows) > SIZE)


def every(queryset: QuerySet) -> Iterator[Any]:
    """All the rows, in order, in bounded memory: their ids at once, the rows a thousand at a time.

    A cursor of the server would do the same, but it needs a connection of its own from the first row to the last.
    """
    ids = list(queryset.values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        yield from of(queryset, ids[start : start + PART])


def of(queryset: QuerySet, ids: list[int]) -> list[Any]:
    """The rows of these ids, in their order; what the queryset filters was asked when the ids were."""
    those = queryset.order_by()
    those.query.where = WhereNode()
    rows = {row.pk: row for row in those.filter(pk__in=ids)} if ids else {}
    return [rows[pk] for pk in ids if pk in rows]


def _page(rows: list[Any], keep: Mapping[str, Any] | None, *, before: bool, after: bool) -> Page:
    def address(way: str, row: Any) -> str:
        return f"?{urlencode({**(keep or {}), way: row.public_id}, doseq=True)}"

    return Page(
        rows=rows,
        previous=address("avant", rows[0]) if before else None,
        next=address("apres", rows[-1]) if after else None,
    )


def _place(queryset: QuerySet, key: str, public_id: str | None) -> tuple[Any, int] | None:
    try:
        UUID(public_id or "")
    except ValueError:
        return None
    return queryset.filter(public_id=public_id).annotate(place=F(key)).values_list("place", "pk").first()


def _read(queryset: QuerySet, key: str, place: tuple[Any, int] | None, *, up: bool) -> list[Any]:
    """One row more than a page holds, from the place on (from the end where one comes from without it)."""
    way, sign = ("gt", "") if up else ("lt", "-")
    queryset = queryset.order_by(f"{sign}{key}", f"{sign}pk")
    rows: list[Any] = []
    for part in _beyond(queryset, key, place, way) if place else [queryset]:
        rows += _first(part, SIZE + 1 - len(rows))
    return rows


def _first(queryset: QuerySet, count: int) -> list[Any]:
    """The first rows; where others are joined to them, their ids come first, or all that match would be joined."""
    if not queryset.query.select_related:
        return list(queryset[:count])
    return of(queryset, list(queryset.values_list("pk", flat=True)[:count]))


def _beyond(queryset: QuerySet, key: str, place: tuple[Any, int], way: str) -> list[QuerySet]:
    """What follows the place, in parts that each walk the index: a plain OR would read it whole.

    « key >= x AND (key > x OR id > y) »; the rows without a key stand after all others, hence apart.
    """
    value, pk = place
    absent, present = queryset.filter(**{key: None}), queryset.exclude(**{key: None})
    if value is None:
        there = absent.filter(**{f"pk__{way}": pk})
        return [there, present] if way == "lt" else [there]
    there = queryset.filter(Q(**{f"{key}__{way}": value}) | Q(**{f"pk__{way}": pk}), **{f"{key}__{way}e": value})
    return [there, absent] if way == "gt" and _nullable(queryset, key) else [there]


def _nullable(queryset: QuerySet, key: str) -> bool:
    return key not in queryset.query.annotations and queryset.model._meta.get_field(key).null
