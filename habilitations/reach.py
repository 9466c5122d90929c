"""What a person may name in a form: structures, services of them, and the people attached there.

Each form of « Utilisateurs » chooses in it, by the profile that its act takes.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.prepared import prepared
from habilitations import permissions
from habilitations.backends import ways
from habilitations.models import Attachment, StructureHabilitation
from services.models import Service
from structures.models import Structure
from structures.profiles import GIVEN_BY, Profile
from users.models import AccountState, User

# The columns by which a list names a person
NAMED = ("public_id", "first_name", "last_name", "email", "contact_email", "contact_confirmed_at")


@dataclass(frozen=True)
class Reach:
    """Where the person holds a profile: on whole structures, or on some services only."""

    user: Any
    profile: Profile
    at: datetime

    @cached_property
    def whole(self) -> QuerySet:
        """The structures that are wholly theirs."""
        return Structure.objects.held_by(self.user, self.profile, at=self.at)

    @cached_property
    def parts(self) -> QuerySet:
        """The services that are theirs by themselves."""
        return rights.gate().held(Service.objects.all(), self.user, self.profile, at=self.at, covered=False)

    @property
    def structures(self) -> QuerySet:
        """The structures that may be named: for the whole, or for a service of theirs."""
        if not self.user.is_active:
            return Structure.objects.none()
        return Structure.objects.filter(pk__in=_nameable(self.profile, user=self.user.pk, at=self.at)).to_choose()

    def covers(self, structure: Structure) -> bool:
        """Whether the structure is wholly theirs."""
        return self.user.has_perm(self.profile, structure)

    def services(self, structure: Structure, *, covered: bool) -> QuerySet:
        """The services of a structure that may be named.

        :param covered: what `covers` says of it.
        """
        among = Service.objects.all() if covered else self.parts
        named = among.only("public_id", "structure", "code", "label")
        return named.filter(structure=structure, deleted_at=None).order_by("code", "pk")

    def within(self, rows: QuerySet) -> QuerySet:
        """The rows that are about what is theirs, of a model with a structure and maybe a service."""
        ways = [
            rows.filter(structure__in=self.whole.order_by().values("pk")),
            rows.filter(service__in=self.parts.order_by().values("pk")),
        ]
        first, *rest = [way.order_by().values("pk") for way in ways]
        return rows.filter(pk__in=first.union(*rest))

    def people(self, structure: Structure, service: Service | None) -> QuerySet:
        """The people attached to the whole structure, or to one service, by name."""
        attached = Attachment.objects.live(self.at).filter(structure=structure, service=service)
        people = User.objects.filter(pk__in=attached.order_by().values("user"))
        return people.only(*NAMED).order_by("last_name", "first_name", "pk")


@prepared
def _nameable(profile: Profile, *, user: int, at: datetime) -> QuerySet:
    whole = Structure.objects.filter(*ways(Structure, profile, user, at))
    parts = Service.objects.filter(ways(Service, profile, user, at)[-1])
    return whole.order_by().values("pk").union(parts.order_by().values("structure"), all=True)


def contacts_of(user: Any, *, at: datetime) -> QuerySet:
    """The attachments of the people with whom one works: all of them where one may read the organisation.

    Elsewhere, those of who manages the structure: whom to ask.
    """
    if not user.is_active:
        return Attachment.objects.none()
    return Attachment.objects.filter(pk__in=_contacts(user=user.pk, at=at))


@prepared
def _contacts(*, user: int, at: datetime) -> QuerySet:
    live = Attachment.objects.live(at).filter(user__state=AccountState.ACTIF).exclude(user=user)
    managing = StructureHabilitation.objects.filter(
        user=OuterRef("user"),
        content_object=OuterRef("structure"),
        permission__in=permissions.ids(Structure, GIVEN_BY[Profile.ORGANISATION_MODIFICATION]),
    )
    visible = Attachment.objects.live(at).of(user).filter(structure__is_active=True)
    whole = Structure.objects.filter(*ways(Structure, Profile.ORGANISATION_CONSULTATION, user, at))
    parts = Service.objects.filter(ways(Service, Profile.ORGANISATION_CONSULTATION, user, at)[-1])
    known = [
        live.whole().filter(Exists(managing), structure__in=visible.order_by().values("structure")),
        live.filter(structure__in=whole.order_by().values("pk")),
        live.filter(service__in=parts.order_by().values("pk")),
    ]
    first, *rest = [way.order_by().values("pk") for way in known]
    return first.union(*rest)


def people_named(rows: QuerySet, text: str) -> QuerySet:
    """The people whose name or address holds each word of the text."""
    for word in text.split():
        rows = rows.filter(Q(last_name__icontains=word) | Q(first_name__icontains=word) | Q(email__icontains=word))
    return rows


def people_by_name(rows: QuerySet, text: str) -> QuerySet:
    """The people whose name holds each word of the text: who does not manage them searches no address."""
    for word in text.split():
        rows = rows.filter(Q(last_name__icontains=word) | Q(first_name__icontains=word))
    return rows


def with_contact(person: User) -> str:
    """« Marc Delaunay – marc@example.org », by the address where they are reached: not that of their login."""
    return f"{person.get_full_name()} – {person.notices_email}"


def with_address(person: User) -> str:
    """« Marc Delaunay – marc.delaunay@example.org », for two may have one name."""
    return f"{person.get_full_name()} – {person.email}"
