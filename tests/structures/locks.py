"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

NOTHING = {
    "structures.operations.register_structure": "the structure is new",
}
