"""Proposals: somebody asks the operators for a public structure that is not there (domain, 3.5).

Apart from requests, which are always about a structure that there is (ADR 0017).
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from chorus_org.kernel.common.identifiers import SHAPES, IdentifierType
from chorus_org.kernel.common.models import LockingQuerySet, PublicModel
from habilitations.enums import RequestStatus
from structures.models import Structure

COMMENT_MAX, REASON_MAX = 500, 500
WAITING = Q(status=RequestStatus.PENDING)


class ProposalQuerySet(LockingQuerySet):
    def waiting(self) -> Self:
        return self.filter(WAITING)

    def of(self, user: Any) -> Self:
        return self.filter(requester=user)


class Proposal(PublicModel):
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="demandeur", on_delete=models.PROTECT, related_name="proposals"
    )
    identifier = models.CharField("identifiant (SIRET)", max_length=14)
    legal_name = models.CharField("raison sociale", max_length=255)
    legal_status = models.CharField("statut juridique", max_length=99)
    address = models.CharField("adresse", max_length=255)
    postal_code = models.CharField("code postal", max_length=10)
    city = models.CharField("ville", max_length=50)
    comment = models.CharField("commentaire", max_length=COMMENT_MAX, blank=True)
    asked_at = models.DateTimeField("demandé le")
    status = models.CharField("état", max_length=30, choices=RequestStatus.choices, default=RequestStatus.PENDING)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="décidé par", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason_text = models.CharField("motif du refus", max_length=REASON_MAX, blank=True)
    structure = models.OneToOneField(
        Structure, verbose_name="structure créée", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de structure publique"
        verbose_name_plural = "demandes de structures publiques"
        constraints = [
            models.UniqueConstraint(
                fields=["identifier"],
                name="proposal_one_waiting",
                condition=WAITING,
                violation_error_code="identifier",
                violation_error_message="La création de cette structure est déjà demandée. Attendez la réponse.",
            ),
            models.CheckConstraint(
                name="proposal_identifier_shape",
                condition=Q(identifier__regex=SHAPES[IdentifierType.SIRET]),
                violation_error_code="identifier",
                violation_error_message="Un SIRET a 14 chiffres.",
            ),
            models.CheckConstraint(
                name="proposal_decided_together",
                condition=WAITING & Q(decided_at=None) | ~WAITING & Q(decided_at__isnull=False),
                violation_error_message="Une demande décidée a une date, une demande en cours n’en a pas.",
            ),
            models.CheckConstraint(
                name="proposal_makes_a_structure",
                condition=Q(status=RequestStatus.APPROVED, structure__isnull=False)
                | ~Q(status=RequestStatus.APPROVED) & Q(structure=None),
                violation_error_message="Une demande acceptée a donné une structure, et elle seule.",
            ),
        ]
        indexes = [models.Index(fields=["requester", "asked_at", "id"], name="proposal_of_requester")]

    def __str__(self) -> str:
        return f"{self.identifier} – {self.legal_name}"

    @property
    def is_waiting(self) -> bool:
        return self.status == RequestStatus.PENDING
