"""From a profile to the ids of Django's permissions, read once a process.

A flush of the database (tests with real transactions) or a migration gives new ids: `post_migrate` forgets the old.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from structures.profiles import Profile


@cache
def _ids(model: type[models.Model]) -> dict[Profile, int]:
    options = model._meta
    rows = Permission.objects.filter(
        content_type__app_label=options.app_label, content_type__model=options.model_name, codename__in=Profile
    )
    return {Profile(codename): pk for codename, pk in rows.values_list("codename", "id")}


def ids(model: type[models.Model], profiles: Iterable[Profile]) -> list[int]:
    """The permissions of a model that stand for these profiles, in ascending order.

    :raises ImproperlyConfigured: a profile has no permission: migrations were not run to the end.
    """
    wanted = set(profiles)
    if not wanted <= _ids(model).keys():
        _ids.cache_clear()
    if missing := wanted - _ids(model).keys():
        raise ImproperlyConfigured(f"No permission for {', '.join(sorted(missing))} on {model.__name__}: run migrate.")
    return sorted(_ids(model)[profile] for profile in wanted)


def profiles_of(model: type[models.Model]) -> dict[int, Profile]:
    """The other way round: {permission id: profile}."""
    ids(model, Profile)
    return {pk: profile for profile, pk in _ids(model).items()}


@receiver(post_migrate)
def forget(**_: Any) -> None:
    _ids.cache_clear()
