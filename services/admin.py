"""Services, as operators find them."""

from django.contrib import admin
from django.db.models import F, Q

from chorus_org.kernel.common.admin import NOTHING, ReadOnlyAdmin, as_public_id, has_words, worded
from services.models import Service
from structures import admin as structures
from structures.models import Structure


def identified(text: str) -> Q:
    """The condition that names one service: its public id."""
    public_id = as_public_id(text)
    return Q(public_id=public_id) if public_id else NOTHING


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
        named = Structure.objects.filter(structures.identified(text)).values_list("pk", flat=True)
        found = Q(structure__in=list(named)) | identified(text)
        return found if as_public_id(text) else found | Q(code__istartswith=text) | has_words(F("label"), text)


class PublishedFileAdmin(ReadOnlyAdmin):
    """`operators.admin` shows them, and has them made again."""

    list_display = fields = ("name", "made_at", "size", "digest")
    ordering = ("-pk",)
    search_help_text = "Nom du fichier."

    def find(self, text: str) -> Q:
        return Q(name=text)
