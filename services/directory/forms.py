"""« Annuaire des structures publiques »: what one searches."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from chorus_org.kernel.common.forms import TextField
from chorus_org.kernel.common.lists import FilterForm
from structures.departements import CHOICES
from structures.search import Found, search


class DirectoryForm(FilterForm):
    q = TextField(
        label="Nom, SIRET, ville ou code postal",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
    departement = forms.ChoiceField(label="Département", required=False, choices=[("", "Tous"), *CHOICES])
    active = forms.BooleanField(label="Actives seulement", required=False)
    engagement = forms.BooleanField(label="Le numéro d’engagement", required=False)
    service = forms.BooleanField(label="Le code service", required=False)

    def found(self) -> Found | None:
        """What a text or a département finds; None where the whole directory is browsed."""
        self.is_valid()
        text, departement = self.cleaned_data.get("q", ""), self.cleaned_data.get("departement", "")
        return search(text, departement=departement, where=self.where) if text or departement else None

    @property
    def where(self) -> Q:
        """What the boxes ask of the rows."""
        asked = self.cleaned_data
        where = Q()
        if asked.get("active"):
            where &= Q(is_active=True)
        if asked.get("engagement"):
            where &= Q(engagement_number_required=True)
        if asked.get("service"):
            where &= Q(service_code_required=True)
        return where

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        """Without a text, the whole directory by name, as the boxes have it."""
        return rows.filter(self.where)
