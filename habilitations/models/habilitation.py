"""Habilitations: one row is one profile held by one person on one structure or one service.

They are django-guardian's rows, with a direct foreign key to the object. Deleting what a row refers to is refused:
guardian's cascade would erase rights unseen. The single-column indexes are left out, for they mislead the planner
(582 buffers read instead of 19 in a structure of 5,000 people).
"""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models.functions import Now
from guardian.models import UserObjectPermissionBase

from services.models import Service
from structures.models import Structure


class Habilitation(UserObjectPermissionBase):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="utilisateur",
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        db_index=False,
    )
    permission = models.ForeignKey(
        Permission, verbose_name="profil", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    granted_at = models.DateTimeField("accordée le", db_default=Now())
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="accordée par",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


class StructureHabilitation(Habilitation):
    content_object = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="habilitations", db_index=False
    )

    class Meta(Habilitation.Meta):
        abstract = False
        verbose_name = "habilitation sur une structure"
        verbose_name_plural = "habilitations sur les structures"
        indexes = [
            models.Index(fields=["content_object", "permission", "user"], name="structure_habilitation_holders")
        ]


class ServiceHabilitation(Habilitation):
    content_object = models.ForeignKey(
        Service, verbose_name="service", on_delete=models.PROTECT, related_name="habilitations", db_index=False
    )

    class Meta(Habilitation.Meta):
        abstract = False
        verbose_name = "habilitation sur un service"
        verbose_name_plural = "habilitations sur les services"
        indexes = [models.Index(fields=["content_object", "permission", "user"], name="service_habilitation_holders")]
