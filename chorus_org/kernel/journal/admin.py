"""The journal, as operators read it: what events name is looked up when it is shown."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from chorus_org.kernel.common.admin import EMPTY, NOTHING, ReadOnlyAdmin, as_public_id, is_shown, link_to
from chorus_org.kernel.common.models import PublicModel
from chorus_org.kernel.journal.kinds import DETAILS
from chorus_org.kernel.journal.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "actor", "subject", "scope")
    list_filter = ("kind",)
    ordering = ("-pk",)
    search_help_text = "Identifiant public de l’auteur, de l’objet ou de la structure."
    fields = ("at", "kind", "actor", "subject", "scope", "told")

    def find(self, text: str) -> Q:
        """The events that one public id has to do with."""
        public_id = as_public_id(text)
        if not public_id:
            return NOTHING
        return Q(actor_id=public_id) | Q(subject_id=public_id) | Q(scope_id=public_id)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = self._with_names(request, changelist.result_list)
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Event | None:
        event = super().get_object(request, object_id, from_field)
        return event and self._with_names(request, [event])[0]

    def heading(self, event: Event) -> str:
        return capfirst(event.get_kind_display())

    @admin.display(description="auteur")
    def actor(self, event: Event) -> Any:
        return _shown(event, event.actor_id) if event.actor_id else "La plateforme"

    @admin.display(description="objet")
    def subject(self, event: Event) -> Any:
        return _shown(event, event.subject_id)

    @admin.display(description="structure")
    def scope(self, event: Event) -> Any:
        return _shown(event, event.scope_id) if event.scope_id else EMPTY

    @admin.display(description="détails")
    def told(self, event: Event) -> SafeString | str:
        return format_html_join("\n", "{}\u00a0: {}", _details(event)) or EMPTY

    def _with_names(self, request: HttpRequest, events: Iterable[Any]) -> list[Any]:
        """The events, each with what its public ids name, as far as this person may see it: one query a model."""
        events = list(events)
        wanted = {public_id for event in events for public_id in _public_ids(event)}
        models = [model for model in apps.get_models() if issubclass(model, PublicModel)]
        names = {
            found.public_id: found
            for model in models
            if is_shown(self.admin_site, model, request)
            for found in model._default_manager.filter(public_id__in=wanted)
        }
        for event in events:
            event.names = names
        return events


def _public_ids(event: Event) -> Iterator[UUID]:
    yield from filter(None, (event.actor_id, event.subject_id, event.scope_id))
    yield from filter(None, (as_public_id(value) for value in event.details.values() if isinstance(value, str)))


def _shown(event: Any, public_id: UUID) -> SafeString | str:
    """What a public id names, or the id itself when nothing answers to it any more."""
    found: Model | None = event.names.get(public_id)
    return link_to(found) if found else str(public_id)


def _details(event: Event) -> Iterator[tuple[str, Any]]:
    for key, value in event.details.items():
        if isinstance(value, list):
            shown: Any = ", ".join(map(str, value))
        elif isinstance(value, str):
            public_id = as_public_id(value)
            shown = _shown(event, public_id) if public_id else value
        else:
            shown = json.dumps(value)
        if value is not None:
            yield DETAILS.get(key, key), shown
