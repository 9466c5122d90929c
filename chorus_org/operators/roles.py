"""Operators: the staff of the platform, and what each of their roles may do in the admin.

A role is a group of Django's, made by migration 0002 with its permissions. It gives no right in the portal: there,
only the gate answers, and it knows nothing of groups.
"""

from django.db import models


class Role(models.TextChoices):
    SUPPORT = "support", "Support"
    ADMINISTRATEUR = "administrateur", "Administrateur"
    AUDITEUR = "auditeur", "Auditeur"
