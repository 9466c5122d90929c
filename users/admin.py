"""People, as operators find them. `habilitations.admin` shows them, for it knows what operators do with an account."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Concat

from chorus_org.common.admin import EMPTY, NOTHING, ReadOnlyAdmin, as_public_id, has_words, worded
from chorus_org.common.identifiers import canonical_email
from users.models import User


def identified(text: str) -> Q:
    """The condition that names one person: their public id, or their login address however it is typed."""
    if public_id := as_public_id(text):
        return Q(public_id=public_id)
    try:
        return Q(email=canonical_email(text))
    except ValidationError:
        return NOTHING


STAFF = worded(User, "is_staff")


class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "last_name", "first_name", "state", STAFF, "created_at")
    list_filter = ("state", "is_staff")
    ordering = ("-pk",)
    search_help_text = "Adresse électronique de connexion, nom et prénom (ou leur début), ou identifiant public."
    fieldsets = (
        ("Personne", {"fields": ("last_name", "first_name", "phone", "contact_email", "public_id")}),
        ("Compte", {"fields": ("email", "state", "state_since", "created_at", "last_login")}),
        ("Exploitation", {"fields": (STAFF, "roles")}),
    )

    related = (
        ("Rattachements", "habilitations.Attachment"),
        ("Habilitations sur les structures", "habilitations.StructureHabilitation"),
        ("Habilitations sur les services", "habilitations.ServiceHabilitation"),
        ("Historique", "journal.Event"),
    )

    @admin.display(description="rôle")
    def roles(self, user: User) -> str:
        return ", ".join(user.groups.values_list("name", flat=True)) or EMPTY

    def find(self, text: str) -> Q:
        """One person by public id or address, else those whose last and first names have the words typed."""
        if as_public_id(text) or "@" in text:
            return identified(text)
        return has_words(Concat("last_name", Value(" "), "first_name"), text)
