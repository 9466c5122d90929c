from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import costs, country
from benchmarks.management.commands.bench_country import pages
from tests.support.explain import plan_of

SHOWN = 3  # buffers under which a query is not worth a line


class Command(BaseCommand):
    help = "Say, page by page, by which indexes the database answers and how much it reads: Markdown."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("structures", type=int)

    def handle(self, *, structures: int, **options: Any) -> None:
        made = country.make(structures)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # an import that was taken back leaves dead rows in the indexes
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        for page in pages(made)[1:]:
            with CaptureQueriesContext(connection) as queries:
                costs.serve(page.environ(0))
            self.stdout.write(f"\n| {page.label}: from | by the index | buffers |\n| --- | --- | ---: |")
            for line in _lines([query["sql"] for query in queries]):
                self.stdout.write(line)
        self.stdout.write("")


def _lines(asked: list[str]) -> Iterator[str]:
    for sql in asked:
        if sql.lstrip("( \n").startswith("SELECT"):
            plan = plan_of(sql)
            if plan.buffers >= SHOWN:
                by = [f"`{name}`" for name in sorted(plan.indexes)]
                by += [f"whole of `{name}`" for name in sorted(plan.scanned)]
                yield f"| `{_table(sql)}` | {', '.join(by)} | {plan.buffers} |"


def _table(sql: str) -> str:
    """The first table that a query names."""
    return sql.partition(" FROM ")[2].split()[0].strip('"()')
