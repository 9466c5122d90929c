"""Who may do what with rights and those who hold them: one predicate a verb, asked by pages and by operations.

A page asks it for its button and its address; the operation asks it again, under the lock.
"""

from typing import Any

APPOINT = "structures.appoint_principal_manager"
WHO_MAY_APPOINT = "Désigner un gestionnaire principal revient aux exploitants «\u00a0administrateur\u00a0»."


def may_appoint(operator: Any) -> bool:
    """Whether the operator may appoint the GP of a structure that has none."""
    return operator.is_staff and operator.has_perm(APPOINT)
