"""What must always be true of rights, each proved by one statement (`manage.py check_habilitations`)."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from guardian.models import GroupObjectPermission, UserObjectPermission

from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.enums import RequestKind
from habilitations.models import ApprovalRequest, Attachment, Invitation, ServiceHabilitation, StructureHabilitation
from services.models import Service
from structures.enums import Sector
from structures.models import Structure
from structures.profiles import GIVEN_BY, ORGANISATION_PROFILES, PUBLIC_ONLY, Profile

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
    for request in _requests_without_reason().iterator():
        yield f"Demande {request.pk}\u00a0: elle attend ce que la personne a déjà, ou ce qu’elle ne peut plus avoir."
    for invitation in _invitations_of_nobody().iterator():
        yield f"Invitation {invitation.pk}\u00a0: la personne qui a invité n’en a plus le droit."
    for generic in (UserObjectPermission, GroupObjectPermission):
        if count := generic.objects.count():
            yield f"{generic.__name__}\u00a0: {count} droits hors des habilitations."


def _structure_rows_without_attachment() -> QuerySet:
    carrying = OPEN.filter(user=OuterRef("user"), structure=OuterRef("content_object"), service=None)
    return StructureHabilitation.objects.filter(~Exists(carrying)).order_by("pk")


def _service_rows_without_attachment() -> QuerySet:
    carrying = OPEN.filter(user=OuterRef("user"), service=OuterRef("content_object"))
    return ServiceHabilitation.objects.filter(~Exists(carrying)).order_by("pk")


def _requests_without_reason() -> QuerySet:
    """What waits for an attachment that is there, or for more profiles on one that is not."""
    theirs = OPEN.filter(user=OuterRef("requester"), structure=OuterRef("structure"))
    on_whole, on_service = Exists(theirs.filter(service=None)), Exists(theirs.filter(service=OuterRef("service")))
    there = Q(on_whole, service=None) | Q(on_service, service__isnull=False)
    wrong = there & Q(kind=RequestKind.ATTACHMENT) | ~there & Q(kind=RequestKind.PROFILES)
    return ApprovalRequest.objects.pending().filter(wrong).order_by("pk")


def _invitations_of_nobody() -> QuerySet:
    """What waits, and was sent by somebody who manages neither the structure nor the service any more."""
    managing = GIVEN_BY[Profile.ORGANISATION_MODIFICATION]
    held = [
        Exists(
            rows.objects.filter(
                user=OuterRef("invited_by"),
                content_object=OuterRef(level),
                permission__in=permissions.ids(model, managing),
            )
        )
        for (model, rows), level in zip(ROWS.items(), ("structure", "service"), strict=True)
    ]
    return Invitation.objects.waiting().exclude(held[0] | held[1]).order_by("pk")


def _managers_without_rights() -> QuerySet:
    """Structures whose GP lacks the whole-structure attachment, without a planned end, or an Organisation profile."""
    of_manager = {"user": OuterRef("principal_manager"), "content_object": OuterRef("pk")}
    lasting = OPEN.filter(ends_at=None, service=None)
    lacking = ~Exists(lasting.filter(user=OuterRef("principal_manager"), structure=OuterRef("pk")))
    for permission in permissions.ids(Structure, ORGANISATION_PROFILES):
        lacking |= ~Exists(StructureHabilitation.objects.filter(permission=permission, **of_manager))
    return Structure.objects.filter(lacking, principal_manager__isnull=False).order_by("pk")
