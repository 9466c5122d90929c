"""The journal: what was decided, by whom, when. It cannot be edited.

An event holds public ids, kinds and figures, never a name or an address: what is shown is looked up, so that
anonymising a person needs no edit of history. It has no foreign key, so that nothing it speaks of can take it along.
A trigger of the database refuses UPDATE, DELETE and TRUNCATE (migration 0001).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, Self
from uuid import UUID

from django.db import models
from django.utils.timezone import localtime

from chorus_org.kernel.journal import kinds
from chorus_org.kernel.journal.kinds import Kind


class Named(Protocol):
    """Anything an event can speak of."""

    public_id: UUID


class EventQuerySet(models.QuerySet["Event"]):
    def record(self, kind: Kind, **told: Any) -> "Event":
        """Write down what the current transaction decides (`Event.of`)."""
        event = Event.of(kind, **told)
        event.save(force_insert=True)
        return event

    def record_many(self, events: Iterable["Event"]) -> None:
        """Write down in one query all that the current transaction decides, in this order."""
        self.bulk_create(events)

    def about(self, subject: Named) -> Self:
        """The events of one object, oldest first."""
        return self.filter(subject_id=subject.public_id).order_by("at", "id")


class Event(models.Model):
    kind = models.CharField("nature", max_length=50, choices=kinds.choices)
    at = models.DateTimeField("moment")
    actor_id = models.UUIDField("auteur", null=True)
    subject_id = models.UUIDField("objet")
    scope_id = models.UUIDField("structure", null=True)
    details = models.JSONField("détails", default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"
        indexes = [
            models.Index(fields=["subject_id", "at", "id"], name="journal_event_subject"),
            models.Index(fields=["scope_id", "at", "id"], name="journal_event_scope"),
            models.Index(fields=["actor_id", "at", "id"], name="journal_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{localtime(self.at):%d/%m/%Y %H:%M} {self.get_kind_display()}"

    @classmethod
    def of(
        cls,
        kind: Kind,
        *,
        by: Named | None,
        subject: Named,
        scope: Named | None = None,
        at: datetime,
        **details: Any,
    ) -> Self:
        """An event, not written yet.

        :param by: who decided; none when the platform itself acts.
        :param subject: what it was decided about.
        :param scope: the structure whose history shows the event.
        :param details: figures, codes of enumerations and public ids; no name, no address, no free text.
        """
        return cls(
            kind=kind,
            at=at,
            actor_id=by and by.public_id,
            subject_id=subject.public_id,
            scope_id=scope and scope.public_id,
            details=details,
        )
