"""Attachments and habilitations, as operators find them."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from chorus_org.kernel.common.admin import NOTHING, ReadOnlyAdmin, as_public_id
from habilitations.models import ApprovalRequest, Attachment, Invitation, ServiceHabilitation, StructureHabilitation
from services import admin as services
from services.models import Service
from structures import admin as structures
from structures.models import Structure
from structures.profiles import Profile
from users import admin as users
from users.models import User

LABELS = dict(Profile.choices)


class StateFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("en-cours", "En cours"), ("autres", "À venir ou terminés")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        live = Attachment.objects.live(timezone.now())
        if self.value() == "en-cours":
            return queryset.filter(pk__in=live)
        return queryset.exclude(pk__in=live) if self.value() == "autres" else queryset


@admin.display(description="adresse de connexion")
def email(row: Any) -> str:
    return row.user.email


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("user", email, "structure", "level", "started_at", "ends_at", "ended_at")
    list_filter = (StateFilter,)
    list_select_related = ("user", "structure", "service")
    ordering = ("-pk",)
    search_help_text = (
        "Adresse de connexion de la personne, identifiant de la structure, ou identifiant public de la personne, "
        "de la structure, du service ou du rattachement."
    )
    fields = (
        "user",
        "structure",
        "service",
        "started_at",
        "started_by",
        "ends_at",
        "ended_at",
        "ended_by",
        "public_id",
    )
    related = (("Historique", "journal.Event"),)

    @admin.display(description="maille")
    def level(self, attachment: Attachment) -> str:
        return str(attachment.service or "Structure entière")

    def find(self, text: str) -> Q:
        """Those of one person, one structure or one service, or one attachment by public id."""
        public_id = as_public_id(text)
        own = Q(public_id=public_id) if public_id else NOTHING
        return _of(text, user=User, structure=Structure, service=Service) | own


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ReadOnlyAdmin):
    list_display = ("requester", "kind", "structure", "level", "asked_at", "status", "decided_at")
    list_filter = ("status", "kind")
    list_select_related = ("requester", "structure", "service")
    ordering = ("-pk",)
    search_help_text = (
        "Adresse de connexion du demandeur, identifiant de la structure, ou identifiant public du demandeur, "
        "de la structure, du service ou de la demande."
    )
    fields = (
        "requester",
        "kind",
        "structure",
        "service",
        "profiles",
        "comment",
        "asked_at",
        "status",
        "decided_at",
        "decided_by",
        "reason_code",
        "reason_text",
        "granted",
        "public_id",
    )
    related = (("Historique", "journal.Event"),)

    @admin.display(description="maille")
    def level(self, request: ApprovalRequest) -> str:
        return str(request.service or "Structure entière")

    def find(self, text: str) -> Q:
        """Those of one person, one structure or one service, or one request by public id."""
        public_id = as_public_id(text)
        own = Q(public_id=public_id) if public_id else NOTHING
        return _of(text, requester=User, structure=Structure, service=Service) | own


class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("identifier", "legal_name", "city", "requester", "asked_at", "status", "decided_at")
    list_filter = ("status",)
    list_select_related = ("requester",)
    ordering = ("-pk",)
    search_help_text = "SIRET demandé, adresse de connexion du demandeur, ou identifiant public."
    fields = (
        "requester",
        "identifier",
        "legal_name",
        "legal_status",
        "address",
        "postal_code",
        "city",
        "comment",
        "asked_at",
        "status",
        "decided_at",
        "decided_by",
        "reason_text",
        "structure",
        "public_id",
    )

    def find(self, text: str) -> Q:
        """Those of one SIRET or one person, or one proposal by public id."""
        public_id = as_public_id(text)
        own = Q(public_id=public_id) if public_id else NOTHING
        return _of(text, requester=User) | Q(identifier="".join(text.split())) | own


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "structure", "level", "invited_by", "sent_at", "expires_at", "status")
    list_filter = ("status",)
    list_select_related = ("structure", "service", "invited_by")
    ordering = ("-pk",)
    search_help_text = (
        "Adresse invitée, identifiant de la structure, ou identifiant public de la structure, du service, de la "
        "personne qui invite ou de l’invitation."
    )
    fields = (
        "email",
        "structure",
        "service",
        "invited_by",
        "sent_at",
        "expires_at",
        "ends_at",
        "status",
        "settled_at",
        "public_id",
    )
    related = (("Historique", "journal.Event"),)

    @admin.display(description="maille")
    def level(self, invitation: Invitation) -> str:
        return str(invitation.service or "Structure entière")

    def find(self, text: str) -> Q:
        """Those to one address, to one structure or one service, by one person, or one invitation by public id."""
        public_id = as_public_id(text)
        own = Q(public_id=public_id) if public_id else Q(email=text.strip().lower())
        return _of(text, invited_by=User, structure=Structure, service=Service) | own


class HabilitationAdmin(ReadOnlyAdmin):
    ordering = ("-pk",)
    fields = ("user", "content_object", "profile", "granted_at", "granted_by")

    def heading(self, row: Any) -> str:
        return f"{self.profile(row)} – {row.user}"

    @admin.display(description="profil")
    def profile(self, row: Any) -> str:
        return LABELS.get(row.permission.codename, row.permission.codename)


@admin.register(StructureHabilitation)
class StructureHabilitationAdmin(HabilitationAdmin):
    list_display = ("user", email, "content_object", "profile", "granted_at", "granted_by")
    list_select_related = ("user", "content_object", "permission", "granted_by")
    search_help_text = (
        "Adresse de connexion de la personne, identifiant de la structure, ou identifiant public de l’une ou de "
        "l’autre."
    )

    def find(self, text: str) -> Q:
        """Those of one person, or on one structure."""
        return _of(text, user=User, content_object=Structure)


@admin.register(ServiceHabilitation)
class ServiceHabilitationAdmin(HabilitationAdmin):
    list_display = ("user", email, "structure", "content_object", "profile", "granted_at")
    list_select_related = ("user", "content_object__structure", "permission")
    search_help_text = (
        "Adresse de connexion de la personne, identifiant de la structure, ou identifiant public de la personne, "
        "de la structure ou du service."
    )

    @admin.display(description="structure")
    def structure(self, row: ServiceHabilitation) -> str:
        return str(row.content_object.structure)

    def find(self, text: str) -> Q:
        """Those of one person, on one service, or on the services of one structure."""
        return _of(text, user=User, content_object=Service, content_object__structure=Structure)


NAMING = {User: users.identified, Structure: structures.identified, Service: services.identified}


def _of(text: str, **fields: type[Model]) -> Q:
    """The condition that one of these fields refers to what the text names; ids come first, so that indexes serve."""
    found = Q()
    for field, model in fields.items():
        named = model._default_manager.filter(NAMING[model](text))
        found |= Q(**{f"{field}__in": list(named.values_list("pk", flat=True))})
    return found
