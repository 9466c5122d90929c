from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from chorus_org.kernel.common.prepared import prepared
from habilitations.backends import decidable_ids
from habilitations.models import ApprovalRequest, Attachment, Invitation
from structures.models import Structure

COUNTED = 100  # requests that the header counts; beyond, « 99+ »
INVITATIONS = 5  # that a page names
APPROVALS = "/approbations/"


class Account:
    """What the header says of the person logged in; asked of the database only where a page shows it."""

    def __init__(self, user: Any, path: str) -> None:
        self.user, self.path = user, path

    @property
    def role(self) -> str:
        if not self._row:
            return "Sans structure"
        return "Gestionnaire principal" if self._row[0] else "Utilisateur"

    @property
    def waiting(self) -> str:
        """How many requests wait for the person's decision: « 3 », « 99+ », or nothing."""
        count = len(self._row[1]) if self._row else 0
        return f"{COUNTED - 1}+" if count >= COUNTED else str(count or "")

    @cached_property
    def invitations(self) -> list[Invitation]:
        """The invitations that wait for the person's answer, the latest first."""
        return list(Invitation.objects.alive(timezone.now()).to(self.user).shown().order_by("-sent_at")[:INVITATIONS])

    @property
    def approvals_current(self) -> str:
        """Whether the page is « Approbations » itself (« page »), or one below it (« true »)."""
        if self.path == APPROVALS:
            return "page"
        return "true" if self.path.startswith(APPROVALS) else ""

    @cached_property
    def _row(self) -> tuple[bool, list[int]] | None:
        rows = _roles(user=self.user.pk, at=timezone.now()).rows()
        return rows[0] if rows else None


@prepared
def _roles(*, user: int, at: datetime) -> QuerySet:
    """Whether the person manages the structure of a live attachment, and what waits for them: one row, or none."""
    managed = Structure.objects.filter(principal_manager=user, pk=OuterRef("structure"))
    live = Attachment.objects.live(at).of(user).annotate(is_manager=Exists(managed))
    first, second = (ids[:COUNTED] for ids in decidable_ids(ApprovalRequest.objects.pending(), user, at))
    waiting = ArraySubquery(first.union(second)[:COUNTED])
    return live.order_by("-is_manager").values_list("is_manager", waiting)[:1]


def account(request: HttpRequest) -> dict[str, Any]:
    return {"account": Account(request.user, request.path)}
