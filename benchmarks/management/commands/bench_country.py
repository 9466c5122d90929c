import json
import statistics
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import costs, country
from benchmarks.country import Country
from benchmarks.files import files
from benchmarks.pages import Page, Visitor, visitor
from benchmarks.queries import AWFUL, FILTERS
from chorus_org.demo.management.commands.demo import collect_static
from habilitations.models import ApprovalRequest
from habilitations.operations.decisions import approve_many
from services.directory.forms import DirectoryForm
from tests.support.explain import plan_of

TRIES = 5


class Command(BaseCommand):
    help = "Measure the directory and the lists in a country of that many structures; the figures, as JSON."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("structures", type=int)

    def handle(self, *, structures: int, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        collect_static()
        started = time.monotonic()
        made = country.make(structures)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        figures = {
            "filling, s": round(time.monotonic() - started, 1),
            **searches(),
            **{page.label: figures_of(page, cost) for page, cost in of_pages(made)},
            **dict(decisions(made)),
            **files(structures),
        }
        self.stdout.write(json.dumps(figures))


def searches() -> dict[str, Any]:
    """What the database takes for each awful query with each filter: the least of several tries, in ms."""
    spent: dict[str, float] = {}
    read: dict[str, int] = {}
    for text, chosen in product(AWFUL, FILTERS):
        form, label = DirectoryForm({"q": text, **chosen}), " ".join([text, *chosen])
        with CaptureQueriesContext(connection) as queries:
            form.found()
        spent[label] = min(database_time(form.found) for _ in range(TRIES))
        read[label] = sum(plan_of(query["sql"]).buffers for query in queries)
    worst = max(spent, key=spent.__getitem__)
    return {
        "searches, median ms": round(statistics.median(spent.values()), 2),
        "searches, p95 ms": round(statistics.quantiles(spent.values(), n=20)[-1], 2),
        f"searches, worst ms ({worst})": round(spent[worst], 2),
        "searches, p95 buffers": round(statistics.quantiles(read.values(), n=20)[-1]),
    }


def database_time(act: Any) -> float:
    """Give the ms that the database took for what `act` asked."""
    spent = 0.0

    def timed(execute: Any, *args: Any) -> Any:
        nonlocal spent
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent += time.perf_counter() - started

    with connection.execute_wrapper(timed):
        act()
    return spent * 1000


def of_pages(made: Country) -> Iterator[tuple[Page, costs.Cost]]:
    measured = pages(made)
    return zip(measured, costs.of_pages(measured, with_buffers=True), strict=True)


def pages(made: Country) -> list[Page]:
    """The pages that are measured in a country, the floor first."""
    crowded = made.crowded
    nobody, manager = Visitor(), visitor(made.small)
    searched, chosen = reverse("directory:search"), crowded.attachments.exclude(user=made.small).earliest("pk")
    approvals, structures = reverse("approvals:list"), reverse("habilitations:structures")
    grants = reverse("people:grants", query={"structure": crowded.public_id, "user": chosen.user.public_id})
    return [
        Page("floor", reverse("floor"), manager),
        Page("Annuaire", searched, nobody),
        Page("Annuaire, SIRET", f"{searched}?q={crowded.identifier}", nobody),
        Page("Annuaire, name", f"{searched}?q=commune+saint", nobody),
        Page("Annuaire, typing error", f"{searched}?q=comune+strabourg", nobody),
        Page("Annuaire, filtered", f"{searched}?q=commune&departement=42&active=on", nobody),
        Page("Annuaire, a structure", crowded.directory_url, nobody),
        Page("Gérer une structure", crowded.get_absolute_url(), manager),
        Page("Gérer les habilitations, of 5,000", grants, manager),
        Page("Mes contacts, of 5,000", reverse("people:contacts"), manager),
        Page("Approbations, 10 wait", approvals, manager),
        Page("Approbations, 1,000 wait", approvals, visitor(made.middle)),
        Page("Approbations, 20,000 wait", approvals, visitor(made.large)),
        Page("Structures, of 3", structures, manager),
        Page("Structures, of 5,000", structures, visitor(made.large)),
    ]


def figures_of(page: Page, cost: costs.Cost) -> list[float]:
    """Its queries, the processor's ms, the buffers read."""
    return [cost.queries, round(cost.cpu, 2), cost.buffers]


def decisions(made: Country) -> Iterator[tuple[str, int]]:
    """How many queries the approval of 100 requests takes, and of 1,000; all is taken back."""
    for count in (100, 1_000):
        pending = ApprovalRequest.objects.for_approver(made.large).pending().order_by("pk")[:count]
        ids = list(pending.values_list("pk", flat=True))
        with transaction.atomic():
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                report = approve_many(request_ids=ids, by=made.large, at=timezone.now())
            taken = time.perf_counter() - started
            transaction.set_rollback(True)
        yield f"approving {len(report.done)} requests: queries", len(queries)
        yield f"approving {len(report.done)} requests: s", round(taken, 2)
