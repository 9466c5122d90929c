"""Invitations: whoever has no account is invited to a structure, or to one service of it (domain, 6.4)."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from chorus_org.kernel.common.models import LockingQuerySet, PublicModel
from chorus_org.kernel.mail.models import Mail
from habilitations.enums import InvitationStatus
from services.models import Service
from structures.models import Structure

LIVES = timedelta(days=7)
WAITING = Q(status=InvitationStatus.WAITING)


class InvitationQuerySet(LockingQuerySet):
    def waiting(self) -> Self:
        """Those that nobody answered nor took back, lapsed ones included."""
        return self.filter(WAITING)

    def alive(self, at: datetime) -> Self:
        """Those whose link still opens something."""
        return self.waiting().filter(expires_at__gt=at)

    def to(self, user: Any) -> Self:
        """Those sent to the login address of an account."""
        return self.filter(email=user.email)

    def shown(self) -> Self:
        return self.select_related("structure", "service", "invited_by", "mail")


class Invitation(PublicModel):
    email = models.EmailField("adresse invitée", max_length=254, blank=True, help_text="Vide\u00a0: effacée.")
    structure = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="invitations", db_index=False
    )
    service = models.ForeignKey(
        Service,
        verbose_name="service",
        on_delete=models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        help_text="Aucun\u00a0: la maille structure.",
    )
    ends_at = models.DateTimeField("fin prévue du rattachement", null=True, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="invité par", on_delete=models.PROTECT, related_name="invitations"
    )
    sent_at = models.DateTimeField("envoyée le")
    expires_at = models.DateTimeField("expire le")
    key_hash = models.CharField("empreinte de la clé", max_length=64, unique=True)
    mail = models.ForeignKey(Mail, verbose_name="courriel", on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(
        "état", max_length=10, choices=InvitationStatus.choices, default=InvitationStatus.WAITING
    )
    settled_at = models.DateTimeField("close le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        constraints = [
            models.UniqueConstraint(
                fields=["email", "structure", "service"],
                name="invitation_one_waiting",
                nulls_distinct=False,
                condition=WAITING,
                violation_error_code="email",
                violation_error_message="Une invitation attend déjà à cette adresse. Renvoyez-la depuis la liste.",
            ),
            models.CheckConstraint(
                name="invitation_settled_together",
                condition=WAITING & Q(settled_at=None) | ~WAITING & Q(settled_at__isnull=False),
                violation_error_message="Une invitation close a une date, une invitation qui attend n’en a pas.",
            ),
        ]
        indexes = [models.Index(fields=["structure", "sent_at", "id"], name="invitation_of_structure")]

    def __str__(self) -> str:
        return f"invitation {self.public_id}"

    @property
    def target(self) -> Structure | Service:
        """What the person is invited to: the structure, or one service of it."""
        return self.service or self.structure

    def is_alive(self, at: datetime) -> bool:
        """Whether its link still opens something: as `InvitationQuerySet.alive`."""
        return self.status == InvitationStatus.WAITING and self.expires_at > at

    def settle(self, status: InvitationStatus, *, at: datetime) -> None:
        """Write what became of it on the row, which is not saved yet."""
        self.status, self.settled_at = status, at
