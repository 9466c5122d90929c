"""« Fermer un service »: when, and what becomes of its people (domain, 4.4)."""

from datetime import datetime
from typing import Any

from django import forms

from chorus_org.kernel.common.choosing import ObjectField, searching
from chorus_org.kernel.common.forms import Form, ParisDateTimeField
from habilitations.enums import Leaving
from services.models import Service, ServiceQuerySet


class CloseForm(Form):
    active_until = ParisDateTimeField(
        label="Date de fin d’activation", required=False, help_text="Sans date, le service ferme à l’instant."
    )
    people = forms.ChoiceField(
        label="Les personnes rattachées à ce seul service",
        choices=Leaving.choices,
        initial=Leaving.STAY,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites ce que deviennent ces personnes."},
    )
    move_to = ObjectField(
        label="Autre service", search=ServiceQuerySet.named, none="Choisissez un service", required=False
    )

    def __init__(self, *args: Any, service: Service, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["move_to"]
        field.asks = searching(f"{service.get_absolute_url()}fermer/", "move_to")
        others = Service.objects.active(at).filter(structure=service.structure_id).exclude(pk=service.pk)
        asked = self["move_to"].value()
        typed = self.data.get("move_to_q", "")
        field.offer(others.order_by("code", "pk"), chosen=[asked] if asked else [], typed=typed)

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        return {
            "active_until": chosen["active_until"],
            "people": Leaving(chosen["people"]),
            "move_to_id": chosen["move_to"].pk if chosen["move_to"] else None,
        }
