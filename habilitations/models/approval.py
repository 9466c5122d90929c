"""Requests: all that waits for somebody's decision, one table, one list, one lock (domain, 6.1 to 6.3)."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.addresses import address_of
from chorus_org.kernel.common.models import LockingQuerySet, PublicModel
from chorus_org.kernel.common.prepared import prepared
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations.enums import RefusalReason, RequestKind, RequestStatus
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile

COMMENT_MAX, REASON_MAX = 500, 500
UNDO = timedelta(minutes=10)  # during which who decided takes it back
LASTS = timedelta(days=60)  # after which a request that nobody answered lapses (domain, 6.6)
PENDING = Q(status=RequestStatus.PENDING)
DECIDED_BY_SOMEBODY = (RequestStatus.APPROVED, RequestStatus.REFUSED)


class ApprovalRequestQuerySet(LockingQuerySet):
    def pending(self) -> Self:
        return self.filter(PENDING)

    def of(self, user: Any) -> Self:
        return self.filter(requester=user)

    def for_approver(self, user: Any, *, at: datetime | None = None) -> Self:
        """Those that the person may decide, or might have: never their own (rights, « What is asked », 4)."""
        return rights.gate().decidable(self, user, at=at)

    def shown(self) -> Self:
        """With whom and what a line of a list names."""
        return self.select_related("requester", "structure", "service", "decided_by")

    def listed(self) -> Self:
        """As `shown`, with the columns that a row of « Approbations » shows, and no more."""
        return self.select_related("requester", "structure", "service").only(
            *("public_id", "kind", "status", "asked_at", "decided_at"),
            *("requester__first_name", "requester__last_name", "requester__email"),
            *("structure__legal_name", "structure__first_name", "structure__last_name", "service__code"),
        )


class ApprovalRequest(PublicModel):
    kind = models.CharField("nature", max_length=20, choices=RequestKind.choices)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="demandeur", on_delete=models.PROTECT, related_name="requests"
    )
    structure = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="requests", db_index=False
    )
    service = models.ForeignKey(
        Service,
        verbose_name="service",
        on_delete=models.PROTECT,
        related_name="requests",
        null=True,
        blank=True,
        db_index=False,
        help_text="Aucun\u00a0: la maille structure.",
    )
    profiles = ArrayField(
        models.CharField(max_length=50, choices=Profile.choices),
        verbose_name="profils souhaités",
        default=list,
        blank=True,
        help_text="Aucun\u00a0: les profils habituels.",
    )
    comment = models.CharField("commentaire", max_length=COMMENT_MAX, blank=True)
    asked_at = models.DateTimeField("demandé le")
    status = models.CharField(
        "état", max_length=30, choices=RequestStatus.choices, default=RequestStatus.PENDING, db_index=False
    )
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="décidé par", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason_code = models.CharField("motif", max_length=30, choices=RefusalReason.choices, blank=True)
    reason_text = models.CharField("commentaire du refus", max_length=REASON_MAX, blank=True)
    granted = ArrayField(
        models.CharField(max_length=50, choices=Profile.choices),
        verbose_name="profils accordés",
        default=list,
        blank=True,
    )

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        verbose_name_plural = "demandes"
        constraints = [
            models.UniqueConstraint(
                fields=["requester", "structure", "service", "kind"],
                name="request_one_pending",
                nulls_distinct=False,
                condition=PENDING,
                violation_error_code="identifier",
                violation_error_message=(
                    "Vous avez déjà une demande en cours ici. Suivez-la dans «\u00a0Historique de mes demandes\u00a0»."
                ),
            ),
            models.CheckConstraint(
                name="request_decided_together",
                condition=PENDING & Q(decided_at=None, decided_by=None, granted=[])
                | ~PENDING & Q(decided_at__isnull=False),
                violation_error_message="Une demande décidée a une date, une demande en cours n’en a pas.",
            ),
            models.CheckConstraint(
                name="request_refused_for_a_reason",
                condition=Q(status=RequestStatus.REFUSED) & ~Q(reason_code="")
                | ~Q(status=RequestStatus.REFUSED) & Q(reason_code="", reason_text=""),
                violation_error_code="reason_code",
                violation_error_message="Choisissez le motif du refus.",
            ),
            models.CheckConstraint(
                name="request_profiles_asked",
                condition=~Q(kind=RequestKind.PROFILES) | ~Q(profiles=[]),
                violation_error_code="profiles",
                violation_error_message="Choisissez au moins un profil.",
            ),
        ]
        indexes = [
            models.Index(fields=["structure", "asked_at", "id"], name="request_pending", condition=PENDING),
            models.Index(fields=["service", "asked_at", "id"], name="request_pending_service", condition=PENDING),
            models.Index(fields=["structure", "asked_at", "id"], name="request_of_structure"),
            models.Index(fields=["service", "asked_at", "id"], name="request_of_service"),
        ]

    def __str__(self) -> str:
        return f"demande {self.public_id}"

    def get_absolute_url(self) -> str:
        return address_of("approvals:request", self.public_id)

    @property
    def target(self) -> Structure | Service:
        """What is asked about: the structure, or one service of it."""
        return self.service or self.structure

    @property
    def is_pending(self) -> bool:
        return self.status == RequestStatus.PENDING

    @property
    def undo_until(self) -> datetime | None:
        """Until when who decided may take it back; None where nobody decided."""
        return self.decided_at + UNDO if self.decided_at and self.status in DECIDED_BY_SOMEBODY else None

    @property
    def outcome(self) -> str:
        """What whoever comes too late to decide is told."""
        if self.status == RequestStatus.WITHDRAWN:
            return "Cette demande a été retirée."
        if self.status == RequestStatus.EXPIRED:
            return "Cette demande a expiré sans réponse."
        by = f" par {self.decided_by}" if self.decided_by else ""
        return f"Cette demande a déjà été traitée{by}."

    def event(self, kind: Kind, *, by: Any, at: datetime) -> Event:
        """What the history of who asked tells of the request, not written yet."""
        return Event.of(
            kind,
            by=by,
            subject=self.requester,
            scope=self.structure,
            at=at,
            service=str(self.service.public_id) if self.service else None,
            request=str(self.public_id),
            reason=self.reason_code or None,
        )

    def decide(self, status: RequestStatus, *, by: Any, at: datetime) -> None:
        """Write a decision on the row, which is not saved yet."""
        self.status, self.decided_by, self.decided_at = status, by, at

    def reopen(self) -> None:
        """Wait for a decision again; the row is not saved yet."""
        self.status, self.decided_by, self.decided_at = RequestStatus.PENDING, None, None
        self.reason_code, self.reason_text, self.granted = "", "", []


@prepared
def decided_by(*, user: int, at: datetime) -> QuerySet:
    """The latest decisions of a person after that moment, the last one first: what may still be taken back."""
    decided = ApprovalRequest.objects.filter(decided_by=user, decided_at__gt=at, status__in=DECIDED_BY_SOMEBODY)
    return decided.order_by("-decided_at").values("pk")[:10]
