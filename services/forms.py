from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.timezone import localtime

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.choosing import ObjectField, searching
from chorus_org.kernel.common.forms import Block, Form, ParisDateTimeField, TextField, choosing
from chorus_org.kernel.common.integrity import sentence_of
from chorus_org.kernel.common.lists import FilterForm
from services.enums import ServiceState
from services.models import CODE_MAX, CODE_SHAPE, DESCRIPTION_MAX, LABEL_MAX, Service
from services.operations import ServiceRefused, check_code
from structures.models import Structure, StructureQuerySet

HERE = address_lazy("services:create")


class ServiceForm(Form):
    """« Créer un service »: the blocks and labels of the guide's capture (section 2).

    :param structures: those where the person holds « Organisation modification », in the order shown.
    """

    structure = ObjectField(
        label="Choisir la structure",
        search=StructureQuerySet.named,
        widget=forms.Select(attrs=choosing(HERE, "#raison-sociale", "#engagement")),
        asks=searching(HERE, "structure"),
        error_messages={
            "required": "Choisissez la structure du service.",
            "invalid_choice": "Choisissez une structure de la liste.",
        },
    )
    legal_name = forms.CharField(
        label="Raison sociale", disabled=True, required=False, template_name="services/partials/_legal_name.html"
    )
    code = TextField(
        label="Code de service",
        max_length=CODE_MAX,
        help_text=(
            f"{CODE_MAX} caractères au maximum\u00a0: lettres sans accent, chiffres et - _ /\u00a0; "
            "unique dans la structure."
        ),
        widget=forms.TextInput(
            attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        validators=[
            RegexValidator(
                CODE_SHAPE,
                "Le code n’a que des lettres sans accent, des chiffres et les signes - _ /, sans espace.",
            )
        ],
        error_messages={"required": "Saisissez le code du service, par exemple «\u00a0FI_SGPI\u00a0»."},
    )
    label = TextField(
        label="Libellé du service",
        max_length=LABEL_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": sentence_of(Service, "service_labelled")},
    )
    description = TextField(
        label="Description",
        max_length=DESCRIPTION_MAX,
        required=False,
        help_text=f"{DESCRIPTION_MAX} caractères au maximum.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    active_from = ParisDateTimeField(
        label="Date de début d’activation",
        error_messages={"required": "Saisissez la date et l’heure à partir desquelles le service est actif."},
    )
    active_until = ParisDateTimeField(label="Date de fin d’activation", required=False)
    engagement_required = forms.BooleanField(
        label="Le numéro d’engagement est obligatoire",
        required=False,
        help_text="Entités publiques seulement. Une facture sans ce numéro sera rejetée dès le dépôt.",
        template_name="services/partials/_engagement.html",
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-structure",
            "Structure",
            "Les structures où vous détenez «\u00a0Organisation modification\u00a0».",
            ("structure", "legal_name"),
        ),
        Block(
            "bloc-infos",
            "Informations générales",
            "Le code figure sur les factures\u00a0: le fournisseur le recopie tel quel.",
            ("code", "label", "description"),
        ),
        Block(
            "bloc-parametres",
            "Paramètres",
            "Heure de Paris. Sans date de fin, le service reste actif.",
            (("active_from", "active_until"), "engagement_required"),
        ),
    )

    def __init__(self, *args: Any, structures: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["structure"]
        asked = self["structure"].value()
        self.structures = field.offer(
            structures, chosen=[asked] if asked else [], typed=self.data.get("structure_q", "")
        )
        first = "" if field.is_searched else next(iter(field.shown), "")
        self.chosen: Structure | None = field.shown.get(asked or first)
        self.initial["legal_name"] = self.chosen.name if self.chosen else ""

    @property
    def asks_engagement(self) -> bool:
        """Only a public entity is asked; a box that was ticked for a private one stays, with its error."""
        return bool(self.chosen and self.chosen.is_public) or "engagement_required" in self.errors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("structure") and cleaned.get("code"):
            try:
                check_code(structure=cleaned["structure"], code=cleaned["code"])
            except ServiceRefused as refusal:
                self.refuse(refusal)
        start, end = cleaned.get("active_from"), cleaned.get("active_until")
        if start and end and end <= start:
            self.add_error(
                "active_until", f"La fin doit être postérieure au début, le {localtime(start):%d/%m/%Y à %H:%M}."
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        """The arguments of `services.operations.create_service`, but the actor and the clock."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "legal_name"}
        return {"structure_id": values.pop("structure").pk, **values}


class ChangeForm(Form):
    """« Modifier un service »: what it says of itself; its code is shown, and locked."""

    code = forms.CharField(label="Code de service", disabled=True, required=False)
    label = ServiceForm.base_fields["label"]
    description = ServiceForm.base_fields["description"]
    active_from = ServiceForm.base_fields["active_from"]
    active_until = ServiceForm.base_fields["active_until"]
    engagement_required = ServiceForm.base_fields["engagement_required"]

    layout: ClassVar[tuple[Block, ...]] = (
        Block("bloc-infos", "Informations générales", "Le code ne change jamais.", ("code", "label", "description")),
        Block(
            "bloc-parametres",
            "Paramètres",
            "Heure de Paris. Un changement est vu par les autres plateformes à partir du lendemain.",
            (("active_from", "active_until"), "engagement_required"),
        ),
    )

    def __init__(self, *args: Any, service: Service, at: datetime, **kwargs: Any) -> None:
        names = ("code", "label", "description", "active_from", "active_until", "engagement_required")
        super().__init__(*args, initial={name: getattr(service, name) for name in names}, **kwargs)
        self.fields["active_from"].disabled = service.active_from <= at
        self.asks_engagement = service.structure.is_public

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "code"}


class ReopenForm(Form):
    active_until = ParisDateTimeField(
        label="Nouvelle fin", required=False, help_text="Facultative\u00a0: sans date, le service reste actif."
    )


class ServicesFilter(FilterForm):
    """« Gérer un service »: mine, by code or label, by state, or as they are on a day."""

    q = TextField(label="Code ou libellé", required=False, max_length=CODE_MAX)
    structure = TextField(label="Structure", required=False, max_length=255, help_text="Nom ou SIRET")
    state = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), *(choice for choice in ServiceState.choices[:3])]
    )
    day = ParisDateTimeField(label="Actifs le", required=False)

    def __init__(self, asked: QueryDict, *, at: datetime) -> None:
        super().__init__(asked)
        self.at = at

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        if "q" in chosen:
            rows = rows.named(chosen["q"])
        if "structure" in chosen:
            rows = rows.filter(structure__in=Structure.objects.named(chosen["structure"]).order_by().values("pk"))
        if "state" in chosen:
            rows = rows.in_state(chosen["state"], self.at)
        return rows.active(chosen["day"]) if "day" in chosen else rows
