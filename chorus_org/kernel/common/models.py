"""What models of every app are made of."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.db import models

from chorus_org.kernel.common import rights


class PublicModel(models.Model):
    """A row with a public name, for addresses and the journal. The UUID names, it never opens anything."""

    public_id = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class LockingQuerySet(models.QuerySet):
    """A queryset whose rows operations lock before they check."""

    def locked(self, pk: int) -> Any:
        """The row, locked until the end of the transaction, without blocking those who only refer to it.

        :raises DoesNotExist: no such row.
        """
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def locked_many(self, pks: Collection[int]) -> list[Any]:
        """The rows that there are, locked in ascending order, so that two who lock the same ones never cross."""
        return list(self.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True))


class RightsQuerySet(LockingQuerySet):
    """A queryset of objects on which people hold profiles; the answers are the gate's (`common.rights`)."""

    def held_by(self, user: Any, profile: str, *, at: datetime | None = None) -> Self:
        """The objects on which `user` holds `profile`."""
        return rights.gate().held(self, user, profile, at=at)

    def visible_to(self, user: Any, *, at: datetime | None = None) -> Self:
        """The objects that `user` may know of: a live attachment, whatever the profiles."""
        return rights.gate().visible(self, user, at=at)
