"""« Mes contacts »: its filters."""

from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet, Value

from chorus_org.kernel.common.forms import TextField
from chorus_org.kernel.common.lists import FilterForm
from chorus_org.kernel.common.text import Fold
from services.models import CODE_MAX


class ContactsFilter(FilterForm):
    q = TextField(label="Nom", required=False, max_length=100)
    structure = TextField(label="Structure", required=False, max_length=255, help_text="Nom ou SIRET")
    service = TextField(label="Service", required=False, max_length=CODE_MAX, help_text="Code du service")
    role = forms.ChoiceField(
        label="Rôle",
        required=False,
        choices=[("", "Tous"), ("GP", "Gestionnaire principal")],
    )

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        for word in chosen.get("q", "").split():
            rows = rows.filter(person_key__contains=Fold(Value(word)))
        if "structure" in chosen:
            named = Q(structure__name_key__contains=Fold(Value(chosen["structure"])))
            rows = rows.filter(Q(structure__identifier=chosen["structure"].replace(" ", "")) | named)
        if "service" in chosen:
            rows = rows.filter(service__code__iexact=chosen["service"])
        if "role" in chosen:
            rows = rows.filter(user=F("structure__principal_manager"), service=None)
        return rows
