"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from structures.models import Structure
from structures.registry import Entry, differences

LOCKS = {
    "structures.operations.take_from_registry": (
        {Structure},
        lambda rows: {
            "structure_id": rows.structure.pk,
            "entry": (entry := Entry(rows.structure.identifier, city="Ailleurs")),
            "seen": str(differences(rows.structure, entry)),
            "by": rows.manager,
        },
    ),
    "structures.operations.change_structure": (
        {Structure},
        lambda rows: {"structure_id": rows.structure.pk, "city": "Lyon", "by": rows.manager},
    ),
}
NOTHING = {
    "structures.operations.copy_structure": "part of what its caller locks",
    "structures.operations.register_structure": "the structure is new",
    "structures.operations.activate_structure": "as change_structure, of one that sleeps: test_manage_structure.py",
}
