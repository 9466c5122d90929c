"""Queries that are built once: the ORM writes them the first time, later calls only put other values in.

Building a query of the gate in Python costs ten times what PostgreSQL takes to answer it (`docs/performance.md`).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.signals import post_migrate

# What stands in the query, when it is built, for a value to come.
PLACES = {
    "user": -1,
    "obj": -2,
    "outer": -3,
    "structures": "structures",
    "services": "services",
    "at": datetime(1, 1, 1, tzinfo=UTC),
}


class PreparedQuery(RawSQL):
    """A query with its values: a sub-query for a filter (`pk__in=`), a column, or asked by itself.

    A value may be a field of the query around it: `outer=F("pk")`.
    """

    def get_source_expressions(self) -> list[Any]:
        return [param for param in self.params if hasattr(param, "resolve_expression")]

    def set_source_expressions(self, expressions: Sequence[Any]) -> None:
        resolved = iter(expressions)
        self.params = [next(resolved) if hasattr(param, "resolve_expression") else param for param in self.params]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, *rest = self.sql.split("%s")
        values: list[Any] = []
        for param, after in zip(self.params, rest, strict=True):
            written, given = compiler.compile(param) if hasattr(param, "as_sql") else ("%s", [param])
            sql += written + after
            values += given
        return f"({sql})", values

    def rows(self) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return cursor.fetchall()


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, tuple]:
    """The same query, where the numbers that are no place for a value stand in its text: none is written anew."""
    written, *rest = sql.split("%s")
    places = []
    for param, after in zip(params, rest, strict=True):
        is_constant = isinstance(param, int) and param not in PLACES.values()
        written += (str(param) if is_constant else "%s") + after
        places += [] if is_constant else [param]
    return written, tuple(places)


def prepared(build: Callable[..., QuerySet]) -> Callable[..., PreparedQuery]:
    """Build the queryset once for each shape it may take, and only put values in afterwards.

    :param build: gives a queryset; what it takes by position is its shape, what it takes by name its values, each
        among `PLACES`. A value may be compared, never looked into: it is not there yet when the queryset is built.
    """

    @cache
    def compiled(*shape: Any, values: tuple[str, ...]) -> tuple[str, tuple]:
        query = build(*shape, **{name: PLACES[name] for name in values}).query
        if "outer" in values:
            query.bump_prefix(query)  # its tables are not those of the query around it, even when they are the same
        return _with_constants(*query.sql_with_params())

    @wraps(build)
    def fill(*shape: Any, **values: Any) -> PreparedQuery:
        sql, params = compiled(*shape, values=tuple(values))
        by_place = {PLACES[name]: value for name, value in values.items()}
        return PreparedQuery(sql, [by_place.get(param, param) for param in params])

    post_migrate.connect(lambda **_: compiled.cache_clear(), weak=False)  # ids of permissions may have changed
    return fill
