"""People, as operators find them. `habilitations.admin` shows them, for it knows what operators do with an account."""

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.text import capfirst
from django.utils.timezone import localtime

from chorus_org.kernel.common.admin import EMPTY, NOTHING, ReadOnlyAdmin, as_public_id, has_words, worded
from chorus_org.kernel.common.identifiers import canonical_email
from users.models import Identity, Recovery, User


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
    search_help_text = "Adresse électronique de connexion entière, nom et prénom ou leur début, ou identifiant public."
    fieldsets = (
        ("Personne", {"fields": ("last_name", "first_name", "phone", "contact_email", "public_id")}),
        ("Compte", {"fields": ("email", "state", "state_since", "created_at", "last_login")}),
        ("Connexion", {"fields": ("second_factor", "identity", "waiting")}),
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

    @admin.display(description="double authentification")
    def second_factor(self, user: User) -> str:
        """What gives the second factor, so that the support knows what was lost."""
        kept = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).order_by("pk")
        words = [f"clé «\u00a0{one.data['name']}\u00a0»" if "name" in one.data else "application" for one in kept]
        return capfirst(", ".join(words)) or "Code par courriel"

    @admin.display(description="ProConnect")
    def identity(self, user: User) -> str:
        found = Identity.objects.filter(user=user).first()
        return f"Relié le {localtime(found.linked_at):%d/%m/%Y}" if found else EMPTY

    @admin.display(description="récupération")
    def waiting(self, user: User) -> str:
        """What the support promised, and when it happens."""
        found = Recovery.objects.filter(user=user).first()
        if found is None:
            return EMPTY
        what = "nouvelle adresse de connexion" if found.email else "double authentification retirée"
        return f"{capfirst(what)} le {localtime(found.due_at):%d/%m/%Y à %H:%M}"

    def find(self, text: str) -> Q:
        """One person by public id or address, else those whose last and first names have the words typed."""
        if as_public_id(text) or "@" in text:
            return identified(text)
        return has_words(Concat("last_name", Value(" "), "first_name"), text)
