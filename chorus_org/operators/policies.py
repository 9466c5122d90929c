"""What an operator may do with accounts and the directory: asked by the admin, and under the lock."""

from typing import Any

from chorus_org.kernel.common.rights import Person

SUSPEND = "users.suspend_user"
SUSPEND_OPERATOR = "users.suspend_operator"
PUBLISH = "services.publish_directory"
WHO_MAY_PUBLISH = (
    "Refaire les fichiers de l’annuaire revient aux exploitants «\u00a0support\u00a0» et «\u00a0administrateur\u00a0»."
)
WHO_MAY_SUSPEND = (
    "Suspendre un compte et le rouvrir revient aux exploitants «\u00a0support\u00a0» et "
    "«\u00a0administrateur\u00a0»\u00a0; s’il est celui d’un exploitant, à un autre administrateur."
)


def may_suspend(operator: Person, user: Any) -> bool:
    """Whether the operator may suspend this account, or open it again: never their own, nor one that outranks them."""
    needed = SUSPEND_OPERATOR if user.is_staff or user.is_superuser else SUSPEND
    return operator.is_staff and operator.pk != user.pk and operator.has_perm(needed)


def may_publish(operator: Person) -> bool:
    """Whether the operator may have the files of the directory made again."""
    return operator.is_staff and operator.has_perm(PUBLISH)
