from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from habilitations.models import Attachment
from structures.models import Structure


class Account:
    """What the header says of the person logged in; asked of the database only where a page shows it."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @property
    def role(self) -> str:
        live = Attachment.objects.live(timezone.now()).of(self.user)
        managed = Structure.objects.filter(principal_manager=self.user, pk=OuterRef("structure"))
        roles = live.annotate(is_manager=Exists(managed)).order_by("-is_manager").values_list("is_manager", flat=True)
        is_manager = roles.first()
        if is_manager is None:
            return "Sans structure"
        return "Gestionnaire principal" if is_manager else "Utilisateur"


def account(request: HttpRequest) -> dict[str, Any]:
    return {"account": Account(request.user)}
