"""Attachments: a person works for a structure, or for one service of it, from a moment to a moment (domain, 6)."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, IntegerField, Q, QuerySet
from django.db.models.functions import Coalesce

from chorus_org.kernel.common.models import LockingQuerySet, PublicModel
from chorus_org.kernel.common.prepared import prepared
from services.models import Service
from structures.models import Structure

END_REASON_MAX = 200


class AttachmentQuerySet(LockingQuerySet):
    def live(self, at: datetime) -> Self:
        """Those in force: begun, not ended, and whose planned end is not reached."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), started_at__lte=at, ended_at=None)

    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def whole(self) -> Self:
        """Those to a whole structure (« maille structure »)."""
        return self.filter(service=None)


class Attachment(PublicModel):
    """A planned end (`ends_at`) stands apart from the end that happened (`ended_at`).

    One column for both would let a future end escape the unique key, and two live attachments exist.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="utilisateur", on_delete=models.PROTECT, related_name="attachments"
    )
    structure = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="attachments", db_index=False
    )
    service = models.ForeignKey(
        Service,
        verbose_name="service",
        on_delete=models.PROTECT,
        related_name="attachments",
        null=True,
        blank=True,
        help_text="Aucun\u00a0: la maille structure.",
    )
    started_at = models.DateTimeField("commencé le")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="ouvert par", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ends_at = models.DateTimeField("fin prévue", null=True, blank=True)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="terminé par", on_delete=models.PROTECT, null=True, related_name="+"
    )

    end_reason = models.CharField("motif de la fin", max_length=END_REASON_MAX, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        verbose_name_plural = "rattachements"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "structure", "service"],
                name="attachment_one_live",
                nulls_distinct=False,
                condition=Q(ended_at=None),
                violation_error_code="user",
                violation_error_message="Cet utilisateur est déjà rattaché à cette structure.",
            ),
            models.CheckConstraint(
                name="attachment_ends_after_start",
                condition=(Q(ends_at=None) | Q(ends_at__gt=F("started_at")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("started_at"))),
                violation_error_code="ends_at",
                violation_error_message="La fin d’un rattachement doit être postérieure à son début.",
            ),
        ]
        indexes = [
            models.Index(fields=["structure", "service", "user"], name="attachment_live", condition=Q(ended_at=None)),
            models.Index(
                fields=["ends_at"], name="attachment_to_end", condition=Q(ended_at=None, ends_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"rattachement {self.public_id}"

    @property
    def target(self) -> Structure | Service:
        """What the person is attached to: the structure, or the one service."""
        return self.service or self.structure

    def is_live(self, at: datetime) -> bool:
        """Whether it is in force: as `AttachmentQuerySet.live`."""
        return not self.ended_at and self.started_at <= at and (self.ends_at is None or self.ends_at > at)

    def state(self, at: datetime) -> str:
        """« En cours », « À venir » or « Terminé »."""
        if self.is_live(at):
            return "En cours"
        return "À venir" if not self.ended_at and self.started_at > at else "Terminé"

    @property
    def level(self) -> type[Structure] | type[Service]:
        """The « maille »: what a row of rights that this attachment carries is on."""
        return Service if self.service_id else Structure


def people_on(level: str, *, at: datetime) -> Coalesce:
    """How many people a live attachment binds to each row of a query of structures or services, as its annotation.

    :param level: `structure` or `service`.
    """
    return Coalesce(_people(level, outer=F("pk"), at=at), 0, output_field=IntegerField())


@prepared
def _people(level: str, *, outer: int, at: datetime) -> QuerySet:
    bound = Attachment.objects.live(at).filter(**{level: outer}).order_by().values(level)
    return bound.annotate(n=Count("user", distinct=True)).values("n")
