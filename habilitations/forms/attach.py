"""« Rattacher un utilisateur », and the list of invitations (guide, 3.3; domain, 6.4)."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.choosing import ObjectField, ObjectsField, searching
from chorus_org.kernel.common.forms import AddressField, Block, Form, ParisDateTimeField, TextField, choosing
from chorus_org.kernel.common.lists import FilterForm
from habilitations.enums import InvitationStatus, Level
from habilitations.models.invitation import LIVES
from habilitations.reach import Reach
from services.models import ServiceQuerySet
from structures.models import StructureQuerySet

LAPSED = "EXPIREE"  # of an invitation that waits: a state that nobody writes
HERE = address_lazy("people:attach")


class AttachForm(Form):
    """Who, where, at which level; the person who sends it is the one who approves.

    :param reach: where they may attach.
    """

    email = AddressField(
        label="Utilisateur",
        help_text="Adresse électronique de la personne à rattacher.",
        autocomplete="off",
        missing="Saisissez l’adresse électronique de la personne.",
    )
    structure = ObjectsField(
        label="Structure de rattachement",
        search=StructureQuerySet.named,
        asks=searching(HERE, "structure"),
        more="Rattacher aussi à d’autres structures",
        attrs=choosing(HERE, "#choix-service"),
        error_messages={"required": "Choisissez la structure."},
    )
    level = forms.ChoiceField(
        label="Niveaux de rattachement",
        choices=Level.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le niveau du rattachement."},
    )
    service = ObjectField(
        label="Service",
        search=ServiceQuerySet.named,
        none="Choisissez un service",
        asks=searching(HERE, "service"),
        required=False,
        help_text="Pour la maille service seulement. Les services fermés n’y figurent pas.",
    )
    ends_at = ParisDateTimeField(
        label="Fin prévue",
        required=False,
        help_text="Facultative\u00a0: le rattachement s’arrête de lui-même.",
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-infos",
            "Informations générales",
            "Vous êtes l’approbateur\u00a0: le rattachement est immédiat. Sans compte à cette adresse, la personne "
            f"reçoit une invitation valable {LIVES.days} jours.",
            ("email", "structure", "level", "service", "ends_at"),
        ),
    )

    def __init__(self, *args: Any, reach: Reach, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [one for one in self["structure"].value() or () if one]
        offered = self._offer("structure", reach.structures, asked)
        chosen = [one for one in offered if str(one.public_id) in asked] or offered[:1]
        self.is_empty = not offered
        covered = bool(chosen) and reach.covers(chosen[0])
        self.initial.setdefault("level", Level.STRUCTURE if covered else Level.SERVICE)
        if len(chosen) == 1:
            services = reach.services(chosen[0], covered=covered).active(at)
            self._offer("service", services, [self["service"].value() or ""])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("level") == Level.SERVICE and "service" not in self.errors and cleaned.get("structure"):
            if len(cleaned["structure"]) > 1:
                self.add_error("service", "Un service est celui d’une seule structure\u00a0: n’en choisissez qu’une.")
            elif not cleaned["service"]:
                self.add_error("service", "Choisissez le service.")
        return cleaned

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        at_service = chosen["level"] == Level.SERVICE
        return {
            "email": chosen["email"],
            "structure_ids": [structure.pk for structure in chosen["structure"]],
            "service_id": chosen["service"].pk if at_service else None,
            "ends_at": chosen["ends_at"],
        }

    def _offer(self, name: str, rows: QuerySet, chosen: list[str]) -> list[Any]:
        field: Any = self.fields[name]
        return field.offer(rows, chosen=chosen, typed=self.data.get(f"{name}_q", ""))


class InvitationsFilter(FilterForm):
    q = TextField(label="Adresse", required=False, max_length=100)
    status = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous les états"), *InvitationStatus.choices, (LAPSED, "Expirée")],
    )

    def __init__(self, *args: Any, at: datetime) -> None:
        super().__init__(*args)
        waiting = Q(status=InvitationStatus.WAITING)
        self.states = {
            InvitationStatus.WAITING: waiting & Q(expires_at__gt=at),
            LAPSED: waiting & Q(expires_at__lte=at),
        }

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        for word in chosen.get("q", "").split():
            rows = rows.filter(email__icontains=word)
        if status := chosen.get("status"):
            rows = rows.filter(self.states.get(status, Q(status=status)))
        return rows
