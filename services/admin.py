"""Services, as operators find them."""

from django.contrib import admin
from django.db.models import F, Q

from chorus_org.common.admin import ReadOnlyAdmin, as_public_id, has_words, worded
from services.models import Service
from structures.admin import identified
from structures.models import Structure


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    list_display = ("code", "label", "structure", "active_from", "active_until", "deleted_at")
    list_filter = ("engagement_required",)
    list_select_related = ("structure",)
    ordering = ("-pk",)
    search_help_text = (
        "Début du code, mots du libellé, identifiant de la structure, ou identifiant public de l’un ou de l’autre."
    )
    fields = (
        "structure",
        "code",
        "label",
        "description",
        "active_from",
        "active_until",
        worded(Service, "engagement_required"),
        "created_at",
        "deleted_at",
        "public_id",
    )
    related = (
        ("Rattachements", "habilitations.Attachment"),
        ("Habilitations sur ce service", "habilitations.ServiceHabilitation"),
        ("Historique", "journal.Event"),
    )

    def find(self, text: str) -> Q:
        """Those of one structure; one service by public id, else those whose code begins so or label has the words."""
        found = Q(structure__in=list(Structure.objects.filter(identified(text)).values_list("pk", flat=True)))
        if public_id := as_public_id(text):
            return found | Q(public_id=public_id)
        return found | has_words(F("label"), text) | Q(code__istartswith=text)
