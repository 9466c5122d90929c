"""Operators: the staff of the platform, and what each of their roles may do in the admin.

A role is a group of Django's, made by migration 0002 with its permissions. It gives no right in the portal: there,
only the gate answers, and it knows nothing of groups.
"""

from typing import Any

from django.db import models


class Role(models.TextChoices):
    SUPPORT = "support", "Support"
    ADMINISTRATEUR = "administrateur", "Administrateur"
    AUDITEUR = "auditeur", "Auditeur"


SUSPEND = "users.suspend_user"
SUSPEND_OPERATOR = "users.suspend_operator"
WHO_MAY_SUSPEND = (
    "Suspendre un compte et le rouvrir revient aux exploitants «\u00a0support\u00a0» et "
    "«\u00a0administrateur\u00a0»\u00a0; s’il est celui d’un exploitant, à un autre administrateur."
)


def may_suspend(operator: Any, user: Any) -> bool:
    """Whether the operator may suspend this account, or open it again: never their own, nor one that outranks them."""
    needed = SUSPEND_OPERATOR if user.is_staff or user.is_superuser else SUSPEND
    return operator.is_staff and operator.pk != user.pk and operator.has_perm(needed)
