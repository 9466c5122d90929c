"""Choosing one object, or several, among those that a person may name: a list, and beyond 25 a typed search.

The search is plain radio buttons (boxes where several may be chosen), which every keyboard and screen reader knows.
Whatever is sent is looked for among what the person may name, never among what was shown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from chorus_org.kernel.common.forms import choosing
from chorus_org.kernel.common.text import is_storable

LISTED, SHOWN = 25, 10


@dataclass(frozen=True)
class Option:
    """An object to choose: its public id, what it is called, whether it is chosen."""

    value: str
    label: str
    ticked: bool


class ObjectField(forms.Field):
    """One object, by its public id; `offer` says which ones, once the form knows its other values.

    :param search: the rows of a queryset that a text finds; asked where they are more than a list shows.
    :param named: what an object is called in the list.
    :param none: what choosing nothing is called, where one may; without it the list begins at its first object.
    :param key: the field whose value stands in the form.
    :param asks: attributes of the text that is searched, so that HTMX asks as one types.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": "Choisissez une valeur de la liste."}
    several = False

    def __init__(
        self,
        *,
        search: Callable[[QuerySet, str], QuerySet],
        named: Callable[[Any], str] = str,
        none: str = "",
        key: str = "public_id",
        asks: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", forms.Select)
        super().__init__(template_name="partials/choosing.html", **kwargs)
        self.search, self.named, self.none, self.key, self.asks = search, named, none, key, asks or {}
        self.rows: QuerySet | None = None
        self.is_searched = self.has_more = False
        self.typed = ""
        self.options: list[Option] = []
        self.shown: dict[str, Any] = {}

    def offer(self, rows: QuerySet, *, chosen: Sequence[str] = (), typed: str = "") -> list[Any]:
        """Say what may be chosen, and give what is shown of it: all of it, or what the search found.

        :param rows: in the order shown.
        :param chosen: the public ids that stand in the form; they are shown whatever is searched.
        :param typed: the text that is searched.
        """
        self.rows, self.typed, self.shown = rows, typed, {}
        shown = list(rows[: LISTED + 1])
        self.is_searched = len(shown) > LISTED
        if self.is_searched:
            found = self._search(typed) if typed.strip() else shown[: SHOWN + 1]
            self.has_more = len(found) > SHOWN
            kept = self._known(chosen)
            shown = kept + [row for row in found[:SHOWN] if row not in kept]
        self.shown = {str(getattr(row, self.key)): row for row in shown}
        self.options = [Option(key, self.named(row), key in chosen) for key, row in self.shown.items()]
        first = [("", self.none)] if self.none and not self.several else []
        self.widget.choices = first + [(option.value, option.label) for option in self.options]
        return shown

    def _search(self, typed: str) -> list[Any]:
        return list(self.search(self.rows, typed)[: SHOWN + 1]) if self.rows is not None and is_storable(typed) else []

    def clean(self, value: Any) -> Any:
        """The object, or None."""
        found = self._found([value] if value else [])
        return found[0] if found else None

    def _found(self, ids: Collection[str]) -> list[Any]:
        if self.required and not ids:
            raise ValidationError(self.error_messages["required"], code="required")
        found = self._known(ids)
        if len(found) < len(ids):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found

    def _known(self, ids: Collection[str]) -> list[Any]:
        """Those of the ids that are to be chosen; what is not shown is asked of the database."""
        shown = [row for key, row in self.shown.items() if key in ids]
        others = [one for one in ids if one not in self.shown and (is_public_id(one) or self.key != "public_id")]
        if not others or not self.is_searched or self.rows is None:
            return shown
        return shown + list(self.rows.filter(**{f"{self.key}__in": others}))


class FirstSelect(forms.Select):
    """A list that shows the first of the objects chosen; the others have a box each."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []

    def format_value(self, value: Any) -> Any:
        return super().format_value((value or [])[:1])


class ObjectsField(ObjectField):
    """Several objects, by their public ids.

    :param more: what the boxes of the others stand under, folded away.
    """

    several = True

    def __init__(self, *, more: str, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(widget=FirstSelect(attrs), **kwargs)
        self.more = more

    def clean(self, value: Any) -> list[Any]:
        """The objects, in the order shown."""
        return self._found({one for one in value or () if one})


def searching(url: Any, name: str) -> dict[str, Any]:
    """Attributes of the text that a form's search takes: the answer takes the place of what was found, as one types.

    :param url: where the form is posted.
    """
    part = f"#trouves-{name}"
    return {**choosing(url, part), "hx-trigger": "input changed delay:300ms", "hx-sync": "this:replace"}


def is_public_id(text: Any) -> bool:
    """Whether a text can be the public id of something."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
