"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from services.models import Service
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
    **{
        f"services.operations.{verb}": (
            {Structure, Service},
            lambda rows, told=told: {"service_id": rows.service.pk, "by": rows.manager, **told},
        )
        for verb, told in {
            "change_service": {
                "label": "Service changé",
                "description": "",
                "active_from": LONG_AGO,
                "active_until": None,
                "engagement_required": False,
            },
            "close_service": {},
        }.items()
    },
    "services.operations.create_services": (
        {Structure},
        lambda rows: {"structure_id": rows.structure.pk, "services": [], "by": rows.manager},
    ),
    "services.operations.open_default_service": (
        {Structure},
        lambda rows: {"structure_id": rows.structure.pk, "by": None},
    ),
}
NOTHING = {
    "services.operations.copy_services": "part of what its caller locks",
    "services.operations.reopen_service": "as close_service, of a closed one: tests/services/test_manage_service.py",
    "services.operations.delete_service": "as close_service, of one to come: tests/services/test_manage_service.py",
}
