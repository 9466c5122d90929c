"""« Pour commencer »: what to do next, for whoever has no structure yet, or has just created one; gone when done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from habilitations.models import ApprovalRequest, Attachment, Proposal, StructureHabilitation
from services.models import Service
from services.operations import DEFAULT_CODE
from structures.models import Structure

NEW = timedelta(days=90)


@dataclass(frozen=True)
class Step:
    label: str
    url: str
    is_done: bool = False
    note: str = ""


def first_steps(user: Any, *, at: datetime) -> list[Step]:
    """Three or four steps with their state; none where there is nothing left to do."""
    if not Attachment.objects.live(at).of(user).exists():
        return _to_join(user)
    steps = _to_set_up(user, at)
    return steps if any(not step.is_done for step in steps) else []


def _to_join(user: Any) -> list[Step]:
    asks = ApprovalRequest.objects.pending().of(user).exists()
    proposes = Proposal.objects.waiting().of(user).exists()
    waits = "Une réponse est attendue"
    return [
        Step("Créer mon compte", reverse("account"), is_done=True),
        Step("Demander un rattachement à ma structure", reverse("people:ask"), note=waits if asks else ""),
        Step("Ou créer ma structure, si elle n’existe pas", reverse("habilitations:create")),
        Step(
            "Ou demander la création d’une structure publique",
            reverse("habilitations:propose"),
            note=waits if proposes else "",
        ),
    ]


def _to_set_up(user: Any, at: datetime) -> list[Step]:
    """For the latest structure that the person manages, as long as it is new."""
    others = Attachment.objects.live(at).filter(structure=OuterRef("pk")).exclude(user=user)
    given = StructureHabilitation.objects.filter(content_object=OuterRef("pk"), granted_by=user).exclude(user=user)
    services = Service.objects.filter(structure=OuterRef("pk"), deleted_at=None).exclude(code=DEFAULT_CODE)
    new = Structure.objects.filter(principal_manager=user, created_at__gt=at - NEW, is_active=True)
    annotated = new.annotate(has_people=Exists(others), has_given=Exists(given), has_services=Exists(services))
    structure = annotated.order_by("-created_at", "-pk").first()
    if not structure:
        return []
    asked = {"structure": structure.public_id}
    return [
        Step(f"Créer {structure.name}", structure.get_absolute_url(), is_done=True),
        Step("Rattacher des collègues", reverse("people:attach", query=asked), is_done=structure.has_people),
        Step("Régler leurs habilitations", reverse("people:grants", query=asked), is_done=structure.has_given),
        Step("Créer des services", reverse("services:create", query=asked), is_done=structure.has_services),
    ]
