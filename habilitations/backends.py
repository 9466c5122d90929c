"""The gate of rights: the only place that says who may do what on which object.

    right = account active ∧ structure active ∧ ( profile row on the structure ∧ live whole-structure attachment
            ∨ profile row on the service ∧ live attachment to that service ∧ service active )

Each bracket is a *way*, one condition. The check asks one row with OR of the ways; the list unites the ways, since OR
cannot become a semi-join and would read the whole table. Both are built from the same ways, so that list and button
cannot drift. What a profile implies is computed here, never stored.
"""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend

from chorus_org.kernel.common.prepared import prepared
from habilitations import permissions
from habilitations.enums import RequestKind
from habilitations.models import ApprovalRequest, Attachment, ServiceHabilitation, StructureHabilitation
from services.models import Service, active_q
from structures.models import Structure
from structures.profiles import GIVEN_BY, GIVES, Profile
from users.models import AccountState

ROWS: dict[type[models.Model], Any] = {Structure: StructureHabilitation, Service: ServiceHabilitation}


class HabilitationBackend(ObjectPermissionBackend):
    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the person holds a profile on an object now: one query, or none for an inactive account.

        :param perm: a `Profile`, or its dotted form (« structures.organisation_modification »).
        :raises ValueError: no such profile, or a permission of another app than the object's.
        """
        if not isinstance(obj, (Structure, Service)):
            return False
        profile = Profile.read(perm, obj._meta.app_label)
        if not user_obj.is_active:
            return False
        return bool(_holding(type(obj), profile, user=user_obj.pk, obj=obj.pk, at=timezone.now()).rows())

    def held(
        self, queryset: QuerySet, user: Any, permission: str, *, at: datetime | None = None, covered: bool = True
    ) -> QuerySet:
        """The objects of `queryset` (structures or services) on which the person holds the profile.

        :param covered: False leaves out the services held only through their structure.
        """
        model = queryset.model
        profile = Profile.read(permission, model._meta.app_label)
        if not user.is_active:
            return queryset.none()
        return queryset.filter(pk__in=_held(model, profile, covered, user=user.pk, at=at or timezone.now()))

    def visible(self, queryset: QuerySet, user: Any, *, at: datetime | None = None) -> QuerySet:
        """The objects of `queryset` that the person may know of: a live attachment, whatever the profiles.

        A structure is visible from any of its services; a service, from itself or from its whole structure.
        """
        if not user.is_active:
            return queryset.none()
        return queryset.filter(pk__in=_visible(queryset.model, user=user.pk, at=at or timezone.now()))

    def readable(self, queryset: QuerySet, user: Any, *, at: datetime | None = None) -> QuerySet:
        """The services of `queryset` whose page the person may open.

        Their own service, whatever its state, and every service of a structure where they hold
        « Organisation consultation » (architecture, « Who sees which page »).
        """
        if not user.is_active:
            return queryset.none()
        return queryset.filter(pk__in=_readable(user=user.pk, at=at or timezone.now()))

    def decidable(self, queryset: QuerySet, user: Any, *, at: datetime | None = None) -> QuerySet:
        """The requests of `queryset` that the person may decide, or might have decided: never their own.

        An attachment takes « Rattachement validation », more profiles « Organisation modification », on the structure,
        or on the one service that is asked about (rights, « What is asked », 4).
        """
        if not user.is_active:
            return queryset.none()
        return queryset.filter(pk__in=_decidable(user=user.pk, at=at or timezone.now()))

    def profiles_on(
        self, user: Any, objects: Collection[models.Model], *, at: datetime | None = None
    ) -> dict[models.Model, frozenset[Profile]]:
        """All that the person holds on several structures and services, with what it implies: one query a page.

        :returns: {object: profiles}, with an empty set where nothing is held.
        """
        held: dict[tuple[bool, int], set[Profile]] = {_key(obj): set() for obj in objects}
        if user.is_active and held:
            structures = [pk for is_service, pk in held if not is_service]
            services = [pk for is_service, pk in held if is_service]
            names = permissions.profiles_of(Structure) | permissions.profiles_of(Service)
            values = {"structures": structures, "services": services, "at": at or timezone.now()}
            for is_service, pk, permission in _rows(bool(structures), bool(services), user=user.pk, **values).rows():
                held[is_service, pk] |= GIVES[names[permission]]
        return {obj: frozenset(held[_key(obj)]) for obj in objects}

    def holders(self, users: QuerySet, permission: str, obj: Any, *, at: datetime | None = None) -> QuerySet:
        """The people of `users` who hold the profile on one object: the other side of `held`.

        Ids come first; sort afterwards: « EXISTS … ORDER BY name LIMIT » would walk the people by name.
        """
        at = at or timezone.now()
        profile = Profile.read(permission, obj._meta.app_label)
        structure = obj if isinstance(obj, Structure) else obj.structure
        if not Structure.objects.filter(pk=structure.pk, is_active=True).exists():
            return users.none()
        arms = [self._holder_ids(structure, profile, Q(structure=structure, service=None), at)]
        if isinstance(obj, Service) and Service.objects.active(at).filter(pk=obj.pk).exists():
            arms.append(self._holder_ids(obj, profile, Q(structure=structure, service=obj), at))
        first, *rest = arms
        return users.filter(state=AccountState.ACTIF, pk__in=first.union(*rest, all=True))

    def names_around(self, user: Any, *, at: datetime | None = None) -> list[str]:
        """The names of the structures that the person may know of: what anyone would try as their password."""
        mine = self.visible(Structure.objects.all(), user, at=at)
        return list(mine.values_list("legal_name", flat=True))

    def get_all_permissions(self, user_obj: Any, obj: models.Model | None = None) -> set[str]:
        if not isinstance(obj, (Structure, Service)):
            return set()
        return set(self.profiles_on(user_obj, [obj])[obj])

    def get_group_permissions(self, user_obj: Any, obj: models.Model | None = None) -> set[str]:
        return set()

    def _holder_ids(self, obj: Structure | Service, profile: Profile, level: Q, at: datetime) -> QuerySet:
        rows = ROWS[type(obj)].objects.filter(
            content_object=obj, permission_id__in=permissions.ids(type(obj), GIVEN_BY[profile])
        )
        attached = Attachment.objects.live(at).filter(level, user=OuterRef("user"))
        return rows.filter(Exists(attached)).order_by().values("user")


def _attached(live: QuerySet) -> Q:
    """The condition, on services, that one of these attachments is to the service itself."""
    return Q(Exists(live.filter(structure=OuterRef("structure"), service=OuterRef("pk"))))


def ways(model: type[models.Model], profile: Profile, user: int, at: datetime) -> list[Q]:
    """The conditions, each enough by itself, under which the person holds the profile on a row of `model`.

    On services: by their structure, then by themselves. For what is built once (`prepared`).
    """
    on_structures = StructureHabilitation.objects.filter(
        user=user, permission_id__in=permissions.ids(Structure, GIVEN_BY[profile])
    )
    live = Attachment.objects.live(at).of(user)
    if model is Structure:
        carried = Exists(live.whole().filter(structure=OuterRef("pk")))
        return [Q(Exists(on_structures.filter(content_object=OuterRef("pk"))), carried, is_active=True)]
    by_structure = Q(
        Exists(on_structures.filter(content_object=OuterRef("structure"))),
        Exists(live.whole().filter(structure=OuterRef("structure"))),
        structure__is_active=True,
    )
    on_services = ServiceHabilitation.objects.filter(
        user=user, permission_id__in=permissions.ids(Service, GIVEN_BY[profile])
    )
    by_service = Q(
        Exists(on_services.filter(content_object=OuterRef("pk"))),
        _attached(live),
        active_q(at),
        structure__is_active=True,
    )
    return [by_structure, by_service]


@prepared
def _holding(model: type[models.Model], profile: Profile, *, user: int, obj: int, at: datetime) -> QuerySet:
    return model._default_manager.filter(reduce(or_, ways(model, profile, user, at)), pk=obj).values("pk")


@prepared
def _held(model: type[models.Model], profile: Profile, covered: bool, *, user: int, at: datetime) -> QuerySet:
    found = ways(model, profile, user, at)
    return _united(model, found if covered else found[-1:])


@prepared
def _visible(model: type[models.Model], *, user: int, at: datetime) -> QuerySet:
    live = Attachment.objects.live(at).of(user)
    if model is Structure:
        return live.order_by().values("structure")
    return _united(model, [Q(Exists(live.whole().filter(structure=OuterRef("structure")))), _attached(live)])


@prepared
def _readable(*, user: int, at: datetime) -> QuerySet:
    by_structure, _ = ways(Service, Profile.ORGANISATION_CONSULTATION, user, at)
    return _united(Service, [by_structure, _attached(Attachment.objects.live(at).of(user))])


@prepared
def _decidable(*, user: int, at: datetime) -> QuerySet:
    return _all_of(decidable_ids(ApprovalRequest.objects.all(), user, at))


def decidable_ids(requests: QuerySet, user: int, at: datetime) -> list[QuerySet]:
    """The requests that a person may decide, by each way; some by both. For what is built once (`prepared`)."""
    arms = []
    for level, model in (("structure", Structure), ("service", Service)):
        validating, modifying = (
            model._default_manager.filter(ways(model, profile, user, at)[-1]).order_by().values("pk")
            for profile in (Profile.RATTACHEMENT_VALIDATION, Profile.ORGANISATION_MODIFICATION)
        )
        simple = Q(kind=RequestKind.ATTACHMENT) | Q(**{f"{level}__in": modifying})
        arms.append(requests.filter(simple, **{f"{level}__in": validating}).exclude(requester=user))
    return [arm.order_by().values("pk") for arm in arms]


def _key(obj: models.Model) -> tuple[bool, int]:
    return isinstance(obj, Service), obj.pk


@prepared
def _rows(
    of_structures: bool, of_services: bool, *, user: int, structures: Any, services: Any, at: datetime
) -> QuerySet:
    """(is a service, primary key, permission) of every row of the person that acts now on these objects."""
    live = Attachment.objects.live(at).of(user)
    on_structures = StructureHabilitation.objects.filter(
        Exists(live.whole().filter(structure=OuterRef("content_object"))),
        user=user,
        permission__in=permissions.profiles_of(Structure),
        content_object__is_active=True,
    ).order_by()
    arms: list[QuerySet] = []
    if of_structures:
        asked = on_structures.filter(content_object__in=_asked(structures))
        arms.append(asked.values_list(Value(False), "content_object", "permission"))
    if of_services:
        covering = on_structures.filter(content_object__services__in=_asked(services))
        own = ServiceHabilitation.objects.filter(
            active_q(at, "content_object__"),
            Exists(live.filter(structure=OuterRef("content_object__structure"), service=OuterRef("content_object"))),
            user=user,
            permission__in=permissions.profiles_of(Service),
            content_object__in=_asked(services),
            content_object__structure__is_active=True,
        ).order_by()
        arms.append(covering.values_list(Value(True), "content_object__services", "permission"))
        arms.append(own.values_list(Value(True), "content_object", "permission"))
    return _all_of(arms)


def _asked(ids: Any) -> RawSQL:
    return RawSQL("SELECT unnest(%s)", [ids])


def _united(model: type[models.Model], ways: list[Q]) -> QuerySet:
    return _all_of([model._default_manager.filter(way).order_by().values("pk") for way in ways])


def _all_of(arms: list[QuerySet]) -> QuerySet:
    first, *rest = arms
    return first.union(*rest, all=True) if rest else first
