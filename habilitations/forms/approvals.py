"""« Approbations »: filters of the list, decisions on one request or on many."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.http import QueryDict

from chorus_org.kernel.common.forms import Form, ParisDateTimeField, TextField
from chorus_org.kernel.common.lists import FilterForm
from chorus_org.kernel.common.text import Fold
from habilitations.enums import RefusalReason, RequestKind, RequestStatus
from habilitations.forms.grants import ProfilesField
from habilitations.models import ApprovalRequest
from habilitations.models.approval import REASON_MAX
from habilitations.operations.decisions import DecisionRefused, check_reason
from services.models import CODE_MAX
from structures.models import Structure


class RequestsFilter(FilterForm):
    """:param structures: those whose requests the person decides; more than `listed` are typed, not listed."""

    listed = 25

    q = TextField(label="Rechercher", required=False, max_length=100, help_text="Nom ou adresse électronique")
    status = forms.ChoiceField(
        label="État",
        required=False,
        initial=RequestStatus.PENDING,
        choices=[(RequestStatus.PENDING, RequestStatus.PENDING.label), ("", "Tous les états")]
        + [choice for choice in RequestStatus.choices if choice[0] != RequestStatus.PENDING],
    )
    kind = forms.ChoiceField(
        label="Type de demande", required=False, choices=[("", "Tous les types"), *RequestKind.choices]
    )
    structure = TextField(label="Structure", required=False, max_length=255)
    service = TextField(label="Service", required=False, max_length=CODE_MAX, help_text="Code du service")

    def __init__(self, asked: QueryDict, *, structures: list[Structure]) -> None:
        super().__init__(asked)
        if len(structures) <= self.listed:
            mine = [(str(structure.public_id), structure.name) for structure in structures]
            self.fields["structure"] = forms.ChoiceField(
                label="Structure", required=False, choices=[("", "Toutes mes structures"), *mine]
            )

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        for word in chosen.get("q", "").split():
            rows = rows.filter(
                Q(requester__last_name__icontains=word)
                | Q(requester__first_name__icontains=word)
                | Q(requester__email__icontains=word)
            )
        if "status" in chosen:
            rows = rows.filter(status=chosen["status"])
        if "kind" in chosen:
            rows = rows.filter(kind=chosen["kind"])
        if "service" in chosen:
            rows = rows.filter(service__code__iexact=chosen["service"])
        if "structure" in chosen:
            rows = rows.filter(self._structure(chosen["structure"]))
        return rows

    def _structure(self, asked: str) -> Q:
        if isinstance(self.fields["structure"], forms.ChoiceField):
            return Q(structure__public_id=asked)
        return Q(structure__identifier=asked.replace(" ", "")) | Q(structure__name_key__contains=Fold(Value(asked)))


class ApproveForm(Form):
    """The profiles given with the approval, and where wished a planned end."""

    profiles = ProfilesField(label="Profils accordés")
    ends_at = ParisDateTimeField(
        label="Fin prévue",
        required=False,
        help_text="Facultative\u00a0: le rattachement s’arrête de lui-même.",
    )
    usual = forms.CharField(required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """The row of the list approves at once, with the profiles asked or usual."""
        if self.cleaned_data["usual"]:
            return {"profiles": None, "ends_at": None}
        return {"profiles": self.cleaned_data["profiles"], "ends_at": self.cleaned_data["ends_at"]}


class RefuseForm(Form):
    reason_code = forms.ChoiceField(
        label="Motif du refus",
        choices=RefusalReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez le motif du refus.",
            "invalid_choice": "Choisissez un motif de la liste.",
        },
    )
    reason_text = TextField(
        label="Commentaire",
        required=False,
        max_length=REASON_MAX,
        help_text="La personne le lira tel quel. Obligatoire pour «\u00a0Autre motif\u00a0».",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("reason_code") and "reason_text" in cleaned:
            try:
                check_reason(**{name: cleaned[name] for name in ("reason_code", "reason_text")})
            except DecisionRefused as refusal:
                self.refuse(refusal)
        return cleaned


class RequestsField(forms.ModelMultipleChoiceField):
    """Requests by their public id; what is no id at all is as one that is not there."""

    def clean(self, value: Any) -> QuerySet:
        try:
            return super().clean(value)
        except ValidationError as error:
            code = "required" if error.code == "required" else "invalid_choice"
            raise ValidationError(self.error_messages[code], code=code) from error


class BatchForm(Form):
    """The rows that were ticked, and what is decided of them."""

    requests = RequestsField(
        queryset=ApprovalRequest.objects.none(),
        to_field_name="public_id",
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": "Cochez au moins une demande.",
            "invalid_choice": "Une de ces demandes n’existe pas, ou vous n’y avez plus accès. Rechargez la liste.",
        },
    )

    def __init__(self, *args: Any, visible: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requests"].queryset = visible

    def values(self) -> dict[str, Any]:
        chosen = {name: value for name, value in self.cleaned_data.items() if name != "requests"}
        return {"request_ids": [request.pk for request in self.cleaned_data["requests"]], **chosen}


class RefuseManyForm(RefuseForm, BatchForm):
    """One reason for all."""
