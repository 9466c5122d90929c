"""The gate of rights: the only place that says who may do what on which object.

    right = account active ∧ structure active ∧ ( profile row on the structure ∧ live whole-structure attachment
            ∨ profile row on the service ∧ live attachment to that service ∧ service active )

Each bracket is a *way*, one condition. The check asks one row with OR of the ways; the list unites the ways, since OR
cannot become a semi-join and would read the whole table. Both are built from the same ways, so that list and button
cannot drift. What a profile implies is computed here, never stored.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from guardian.backends import ObjectPermissionBackend

from habilitations import permissions
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from services.models import Service, active_q
from structures.models import Structure
from structures.profiles import GIVEN_BY, GIVES, Profile

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
        ways = self._ways(type(obj), user_obj, profile, timezone.now())
        return bool(ways) and type(obj)._default_manager.filter(_any(ways), pk=obj.pk).exists()

    def held(
        self, queryset: QuerySet, user: Any, permission: str, *, at: datetime | None = None, covered: bool = True
    ) -> QuerySet:
        """The objects of `queryset` (structures or services) on which the person holds the profile.

        :param covered: False leaves out the services held only through their structure.
        """
        model = queryset.model
        profile = Profile.read(permission, model._meta.app_label)
        ways = self._ways(model, user, profile, at or timezone.now(), covered=covered)
        return _united(queryset, ways)

    def visible(self, queryset: QuerySet, user: Any, *, at: datetime | None = None) -> QuerySet:
        """The objects of `queryset` that the person may know of: a live attachment, whatever the profiles.

        A structure is visible from any of its services; a service, from itself or from its whole structure.
        """
        if not user.is_active:
            return queryset.none()
        live = Attachment.objects.live(at or timezone.now()).of(user)
        if queryset.model is Structure:
            return queryset.filter(Exists(live.filter(structure=OuterRef("pk"))))
        return _united(queryset, [Q(Exists(live.whole().filter(structure=OuterRef("structure")))), _attached(live)])

    def readable(self, queryset: QuerySet, user: Any, *, at: datetime | None = None) -> QuerySet:
        """The services of `queryset` whose page the person may open.

        Their own service, whatever its state, and every service of a structure where they hold
        « Organisation consultation » (architecture, « Who sees which page »).
        """
        if not user.is_active:
            return queryset.none()
        at = at or timezone.now()
        by_structure, _ = self._ways(Service, user, Profile.ORGANISATION_CONSULTATION, at)
        return _united(queryset, [by_structure, _attached(Attachment.objects.live(at).of(user))])

    def profiles_on(
        self, user: Any, objects: Collection[models.Model], *, at: datetime | None = None
    ) -> dict[int, frozenset[Profile]]:
        """All that the person holds on several objects of one model, with what it implies: one query a page.

        :returns: {primary key: profiles}, with an empty set where nothing is held.
        """
        held: dict[int, set[Profile]] = {obj.pk: set() for obj in objects}
        if not user.is_active or not held:
            return {pk: frozenset() for pk in held}
        model = type(next(iter(objects)))
        for pk, profile in self._rows(model, user, held.keys(), at or timezone.now()):
            held[pk] |= GIVES[profile]
        return {pk: frozenset(profiles) for pk, profiles in held.items()}

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
        return users.filter(is_active=True, pk__in=first.union(*rest, all=True))

    def get_all_permissions(self, user_obj: Any, obj: models.Model | None = None) -> set[str]:
        if not isinstance(obj, (Structure, Service)):
            return set()
        return set(self.profiles_on(user_obj, [obj])[obj.pk])

    def get_group_permissions(self, user_obj: Any, obj: models.Model | None = None) -> set[str]:
        return set()

    def _ways(
        self, model: type[models.Model], user: Any, profile: Profile, at: datetime, *, covered: bool = True
    ) -> list[Q]:
        """The conditions, each enough by itself, under which the person holds the profile on a row of `model`."""
        if not user.is_active:
            return []
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
        return [by_structure, by_service] if covered else [by_service]

    def _rows(
        self, model: type[models.Model], user: Any, pks: Iterable[int], at: datetime
    ) -> Iterable[tuple[int, Profile]]:
        """(primary key, profile) of every row of the person that acts now on these objects."""
        live = Attachment.objects.live(at).of(user)
        on_structures = permissions.profiles_of(Structure)
        structure_rows = StructureHabilitation.objects.filter(
            Exists(live.whole().filter(structure=OuterRef("content_object"))),
            user=user,
            permission__in=on_structures,
            content_object__is_active=True,
        ).order_by()
        if model is Structure:
            rows = structure_rows.filter(content_object__in=pks).values_list("content_object", "permission")
            return [(pk, on_structures[permission]) for pk, permission in rows]
        on_services = permissions.profiles_of(Service)
        covering = structure_rows.filter(content_object__services__in=pks).values_list(
            "content_object__services", "permission"
        )
        own = (
            ServiceHabilitation.objects.filter(
                active_q(at, "content_object__"),
                Exists(
                    live.filter(structure=OuterRef("content_object__structure"), service=OuterRef("content_object"))
                ),
                user=user,
                permission__in=on_services,
                content_object__in=pks,
                content_object__structure__is_active=True,
            )
            .order_by()
            .values_list("content_object", "permission")
        )
        names = on_structures | on_services
        return [(pk, names[permission]) for pk, permission in covering.union(own, all=True)]

    def _holder_ids(self, obj: Structure | Service, profile: Profile, level: Q, at: datetime) -> QuerySet:
        rows = ROWS[type(obj)].objects.filter(
            content_object=obj, permission_id__in=permissions.ids(type(obj), GIVEN_BY[profile])
        )
        attached = Attachment.objects.live(at).filter(level, user=OuterRef("user"))
        return rows.filter(Exists(attached)).order_by().values("user")


def _attached(live: QuerySet) -> Q:
    """The condition, on services, that one of these attachments is to the service itself."""
    return Q(Exists(live.filter(structure=OuterRef("structure"), service=OuterRef("pk"))))


def _any(ways: list[Q]) -> Q:
    condition = ways[0]
    for way in ways[1:]:
        condition |= way
    return condition


def _united(queryset: QuerySet, ways: list[Q]) -> QuerySet:
    if len(ways) < 2:
        return queryset.filter(ways[0]) if ways else queryset.none()
    first, *rest = [queryset.filter(way).order_by().values("pk") for way in ways]
    return queryset.filter(pk__in=first.union(*rest, all=True))
