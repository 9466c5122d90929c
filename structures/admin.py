"""Structures, as operators find them. `habilitations.admin` shows them, for it knows who answers for them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chorus_org.kernel.common.admin import ReadOnlyAdmin, as_public_id, begins, worded
from structures.models import PUBLIC_PARAMETERS, Structure


def spellings(text: str) -> set[str]:
    """An identifier as it may be stored: in capitals, without spaces, or with one between words."""
    return {"".join(text.split()).upper(), " ".join(text.split()).upper()}


def identified(text: str) -> Q:
    """The condition that names one structure: its public id, or its identifier however it is spaced."""
    if public_id := as_public_id(text):
        return Q(public_id=public_id)
    return Q(identifier__in=spellings(text))


class ManagerFilter(admin.SimpleListFilter):
    title = "gestionnaire principal"
    parameter_name = "gestionnaire"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("avec", "Désigné"), ("sans", "Aucun")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("avec", "sans"):
            return queryset.filter(principal_manager__isnull=self.value() == "sans")
        return queryset


STATE = worded(Structure, "is_active", "Active", "Inactive", title="état")


class StructureAdmin(ReadOnlyAdmin):
    list_display = ("identifier", "name", "sector", "city", STATE, "principal_manager")
    list_filter = ("is_active", "sector", ManagerFilter)
    list_select_related = ("principal_manager",)
    ordering = ("name_key", "id")
    search_help_text = (
        "Identifiant (un SIRET, avec ou sans espaces, ou son début), début du nom, ou identifiant public."
    )
    fieldsets = (
        ("Identité", {"fields": ("name", "identifier_type", "identifier", "sector", STATE, "public_id")}),
        ("Gestion", {"fields": ("principal_manager", "created_at")}),
        (
            "Coordonnées",
            {
                "fields": (
                    "address",
                    "address_extra_1",
                    "address_extra_2",
                    "postal_code",
                    "city",
                    "country",
                    "email",
                    "phone",
                    "vat_number",
                )
            },
        ),
        ("Paramètres d’une entité publique", {"fields": [worded(Structure, name) for name in PUBLIC_PARAMETERS]}),
    )

    related = (
        ("Services", "services.Service"),
        ("Rattachements", "habilitations.Attachment"),
        ("Habilitations sur la structure", "habilitations.StructureHabilitation"),
        ("Habilitations sur ses services", "habilitations.ServiceHabilitation"),
        ("Historique", "journal.Event"),
    )

    @admin.display(description="nom")
    def name(self, structure: Structure) -> str:
        return structure.name

    def find(self, text: str) -> Q:
        """One structure by public id, else those whose identifier or name begins so."""
        if as_public_id(text):
            return identified(text)
        found = begins("name_key", text)
        for spelling in spellings(text):
            found |= Q(identifier__startswith=spelling)
        return found
