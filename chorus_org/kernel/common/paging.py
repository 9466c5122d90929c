"""Pages by key: each costs the same wherever it starts, and none counts what it does not show.

The place in the list stands in the address as the public id of a row: `?apres=…` goes forward, `?avant=…` back.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

SIZE = 25


@dataclass(frozen=True)
class Page:
    """One page of rows, in order, and the addresses of its neighbours; None where the list ends."""

    rows: list[Any]
    previous: str | None
    next: str | None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page(queryset: QuerySet, key: str, asked: Any) -> Page:
    """The page of `queryset`, ordered by (key, id), that the address asks for; its first one if it asks for none.

    A place that is not in `queryset` (any more), or with nothing beyond it, gives the first page.

    :param key: a field or annotation.
    :param asked: the parameters of the address (`request.GET`).
    """
    backward = "avant" in asked
    place = _place(queryset, key, asked.get("avant" if backward else "apres"))
    order = (f"-{key}", "-pk") if backward and place else (key, "pk")
    rows = list(_beyond(queryset, key, place, backward=backward).order_by(*order)[: SIZE + 1])
    if place and not rows:
        return page(queryset, key, {})
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if backward and place:
        rows.reverse()
        before, after = more, True
    else:
        before, after = bool(place), more
    return Page(
        rows=rows,
        previous=f"?avant={rows[0].public_id}" if rows and before else None,
        next=f"?apres={rows[-1].public_id}" if rows and after else None,
    )


def _place(queryset: QuerySet, key: str, public_id: str | None) -> tuple[Any, int] | None:
    try:
        UUID(public_id or "")
    except ValueError:
        return None
    return queryset.filter(public_id=public_id).values_list(key, "pk").first()


def _beyond(queryset: QuerySet, key: str, place: tuple[Any, int] | None, *, backward: bool) -> QuerySet:
    """Rows after the place. « key >= x AND (key > x OR id > y) » walks the index; a plain OR would read it whole."""
    if place is None:
        return queryset
    value, pk = place
    way = "lt" if backward else "gt"
    return queryset.filter(Q(**{f"{key}__{way}": value}) | Q(**{f"pk__{way}": pk}), **{f"{key}__{way}e": value})
