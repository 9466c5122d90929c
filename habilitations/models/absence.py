"""Absences: from when to when a person does not answer, and who may in their place (domain, 1.5)."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chorus_org.kernel.common.models import LockingQuerySet


class AbsenceQuerySet(LockingQuerySet):
    def going_on(self, at: datetime) -> Self:
        """Those of people who are absent then; the end is exclusive."""
        return self.filter(absent_from__lte=at, absent_until__gt=at)

    def not_over(self, at: datetime) -> Self:
        """Those that go on, or are to come."""
        return self.filter(absent_until__gt=at)


class Absence(models.Model):
    """The one absence that a person declares; a new one takes its place.

    A substitute is given no right: they receive what the absent person would, where they may answer it themselves.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name="absent", on_delete=models.PROTECT, related_name="absence"
    )
    absent_from = models.DateTimeField("absent à partir du")
    absent_until = models.DateTimeField("absent jusqu’au")
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="remplaçant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="substitutions",
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        verbose_name_plural = "absences"
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start",
                condition=Q(absent_until__gt=F("absent_from")),
                violation_error_code="absent_until",
                violation_error_message="La fin de l’absence doit être postérieure à son début.",
            ),
            models.CheckConstraint(
                name="absence_substitute_is_another",
                condition=Q(substitute=None) | ~Q(substitute=F("user")),
                violation_error_code="substitute",
                violation_error_message="Choisissez une autre personne que vous.",
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"
