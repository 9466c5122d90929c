"""What must always be true of rights, each proved by one statement (`manage.py check_habilitations`)."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from guardian.models import GroupObjectPermission, UserObjectPermission

from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from services.models import Service
from structures.enums import Sector
from structures.models import Structure
from structures.profiles import ORGANISATION_PROFILES, PUBLIC_ONLY

OPEN = Attachment.objects.filter(ended_at=None)
SECTORS = {StructureHabilitation: "content_object__sector", ServiceHabilitation: "content_object__structure__sector"}


def findings() -> Iterator[str]:
    """One sentence a fault; none when all is well. Names nobody: ids only."""
    for row in _structure_rows_without_attachment().iterator():
        yield f"Habilitation {row.pk} sur la structure {row.content_object_id}\u00a0: aucun rattachement ne la porte."
    for row in _service_rows_without_attachment().iterator():
        yield f"Habilitation {row.pk} sur le service {row.content_object_id}\u00a0: aucun rattachement ne la porte."
    for structure in _managers_without_rights().iterator():
        yield f"Structure {structure.pk}\u00a0: son gestionnaire principal n’en détient pas tous les droits."
    for model, rows in ROWS.items():
        for row in rows.objects.exclude(permission__in=permissions.profiles_of(model)).iterator():
            unknown = f"le profil {row.permission_id} n’est pas du catalogue"
            yield f"Habilitation {row.pk} ({rows.__name__})\u00a0: {unknown}."
    for rows, sector in SECTORS.items():
        public_only = rows.objects.filter(permission__codename__in=PUBLIC_ONLY).exclude(**{sector: Sector.PUBLIQUE})
        for row in public_only.iterator():
            yield f"Habilitation {row.pk} ({rows.__name__}) : une structure privée ne peut pas avoir ce profil."
    for service in (
        Service.objects.filter(engagement_required=True).exclude(structure__sector=Sector.PUBLIQUE).iterator()
    ):
        yield f"Service {service.pk}\u00a0: une structure privée ne peut pas exiger le numéro d’engagement."
    for generic in (UserObjectPermission, GroupObjectPermission):
        if count := generic.objects.count():
            yield f"{generic.__name__}\u00a0: {count} droits hors des habilitations."


def _structure_rows_without_attachment() -> QuerySet:
    carrying = OPEN.filter(user=OuterRef("user"), structure=OuterRef("content_object"), service=None)
    return StructureHabilitation.objects.filter(~Exists(carrying)).order_by("pk")


def _service_rows_without_attachment() -> QuerySet:
    carrying = OPEN.filter(user=OuterRef("user"), service=OuterRef("content_object"))
    return ServiceHabilitation.objects.filter(~Exists(carrying)).order_by("pk")


def _managers_without_rights() -> QuerySet:
    """Structures whose GP lacks the whole-structure attachment, without a planned end, or an Organisation profile."""
    of_manager = {"user": OuterRef("principal_manager"), "content_object": OuterRef("pk")}
    lasting = OPEN.filter(ends_at=None, service=None)
    lacking = ~Exists(lasting.filter(user=OuterRef("principal_manager"), structure=OuterRef("pk")))
    for permission in permissions.ids(Structure, ORGANISATION_PROFILES):
        lacking |= ~Exists(StructureHabilitation.objects.filter(permission=permission, **of_manager))
    return Structure.objects.filter(lacking, principal_manager__isnull=False).order_by("pk")
