from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from chorus_org.kernel.common.prepared import prepared
from habilitations.models import Attachment
from structures.models import Structure


class Account:
    """What the header says of the person logged in; asked of the database only where a page shows it."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @property
    def role(self) -> str:
        roles = _roles(user=self.user.pk, at=timezone.now()).rows()
        if not roles:
            return "Sans structure"
        return "Gestionnaire principal" if roles[0][0] else "Utilisateur"


@prepared
def _roles(*, user: int, at: datetime) -> QuerySet:
    """Whether the person manages the structure of a live attachment: one row, none where there is no attachment."""
    managed = Structure.objects.filter(principal_manager=user, pk=OuterRef("structure"))
    live = Attachment.objects.live(at).of(user).annotate(is_manager=Exists(managed))
    return live.order_by("-is_manager").values_list("is_manager")[:1]


def account(request: HttpRequest) -> dict[str, Any]:
    return {"account": Account(request.user)}
