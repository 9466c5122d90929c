"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from structures.models import Structure

LOCKS = {
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
