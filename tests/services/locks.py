"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from structures.models import Structure
from tests.support.factories import LONG_AGO

LOCKS = {
    "services.operations.create_service": (
        {Structure},
        lambda rows: {
            "structure_id": rows.structure.pk,
            "code": "FI",
            "label": "Service financier",
            "active_from": LONG_AGO,
            "by": rows.manager,
        },
    ),
    "services.operations.open_default_service": (
        {Structure},
        lambda rows: {"structure_id": rows.structure.pk, "by": None},
    ),
}
