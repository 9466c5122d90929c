"""Who may answer requests: an account that does not act never counts."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.prepared import prepared
from habilitations import permissions
from habilitations.models import Absence, Attachment, ServiceHabilitation, StructureHabilitation
from habilitations.reach import Reach
from services.models import Service
from structures.models import Structure
from structures.profiles import GIVEN_BY, Profile
from users.models import AccountState, User

VALIDATION = Profile.RATTACHEMENT_VALIDATION


def answerers(target: Structure | Service, *, at: datetime) -> QuerySet:
    """The people who validate attachments to a structure, or to one service."""
    return rights.gate().holders(User.objects.all(), VALIDATION, target, at=at)


def accepting(*, at: datetime) -> Coalesce:
    """How many people validate attachments to each row of a query of structures, as its annotation."""
    return Coalesce(_accepting(outer=F("pk"), at=at), 0, output_field=IntegerField())


@prepared
def _accepting(*, outer: int, at: datetime) -> QuerySet:
    live = Attachment.objects.live(at).whole().filter(user=OuterRef("user"), structure=OuterRef("content_object"))
    rows = StructureHabilitation.objects.filter(
        Exists(live),
        content_object=outer,
        permission__in=permissions.ids(Structure, GIVEN_BY[VALIDATION]),
        user__state=AccountState.ACTIF,
        content_object__is_active=True,
    )
    return rows.order_by().values("content_object").annotate(n=Count("user", distinct=True)).values("n")


def managers_of(target: Structure | Service, *, at: datetime) -> QuerySet:
    """Whom a request is told to: those who modify the organisation there; none of them active, who validates.

    Whoever stands in for one of them is told too, where they may answer.
    """
    managing = rights.gate().holders(User.objects.all(), Profile.ORGANISATION_MODIFICATION, target, at=at)
    told = managing if managing.exists() else answerers(target, at=at)
    absences = Absence.objects.going_on(at).filter(user__in=told.order_by().values("pk"))
    substitutes = answerers(target, at=at).filter(pk__in=absences.values("substitute"))
    return User.objects.filter(Q(pk__in=told.values("pk")) | Q(pk__in=substitutes.values("pk")))


def peers(user: Any, *, at: datetime) -> QuerySet:
    """The other people who hold « Rattachement validation » where the person does: who may stand in for them."""
    reach = Reach(user, VALIDATION, at)
    of_structures = StructureHabilitation.objects.filter(
        content_object__in=reach.structures.order_by().values("pk"),
        permission__in=permissions.ids(Structure, GIVEN_BY[VALIDATION]),
    )
    of_services = ServiceHabilitation.objects.filter(
        content_object__in=reach.parts.order_by().values("pk"),
        permission__in=permissions.ids(Service, GIVEN_BY[VALIDATION]),
    )
    holders = of_structures.order_by().values("user").union(of_services.order_by().values("user"))
    people = User.objects.filter(pk__in=holders, state=AccountState.ACTIF).exclude(pk=user.pk)
    return people.order_by("last_name", "first_name", "pk")
