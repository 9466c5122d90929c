"""What a supervisor asks: is the process alive, may it be given requests."""

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
@transaction.non_atomic_requests
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"état": "vivant"})


@require_safe
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and its migrations are done, else 503 with what is missing."""
    missing = _missing()
    return JsonResponse(
        {"état": "prêt" if not missing else "pas prêt", "manque": missing}, status=503 if missing else 200
    )


def _missing() -> list[str]:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return ["base de données"]
    return ["migrations"] if pending else []
