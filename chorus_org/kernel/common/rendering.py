"""How a field is drawn: one template a field, and no template at all for the widgets that every form has.

Django opens one to four templates a widget, and two more an option of a list: half of what a form would cost.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

CONTROL = SafeString("<!-- control -->")  # where a field's own control goes, in what stands around it


class BoundField(forms.BoundField):
    """A field with what its template shows, each thing asked of it once."""

    def get_context(self) -> dict[str, Any]:
        widget, fields = self.field.widget, self.form.fields.values()
        return {
            "field": self,
            "kind": self.kind,
            "id": self.auto_id,
            "for": self.id_for_label,
            "label": self.label,
            "starred": self.field.required and not all(other.required for other in fields),  # not where all are
            "hint": self.help_text,
            "hint_below": isinstance(widget, forms.Textarea),
            "errors": self.errors,
            "refreshes": "hx-post" in widget.attrs,  # choosing in it refreshes others (`common.forms.choosing`)
        }

    @property
    def kind(self) -> str:
        if self.is_hidden:
            return "hidden"
        if self.use_fieldset:
            return "choices"
        return "choice" if isinstance(self.field.widget, forms.CheckboxInput) else "field"

    def as_portal_field(self) -> SafeString:
        """The portal's own field, for a template that a field has for itself and that only adds to it."""
        return self.render(self.form.renderer.field_template_name)


class Renderer(TemplatesSetting):
    """Django's widgets, inside the portal's own field."""

    field_template_name = "partials/field.html"
    bound_field_class = BoundField

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if draw := DRAWN.get(template_name):
            return draw(context["widget"])
        if template_name == self.field_template_name and not context["errors"] and context["kind"] != "choices":
            return _field(**context)
        return super().render(template_name, context, request)


def _field(*, field: forms.BoundField, errors: Any, **shown: Any) -> SafeString:
    """A field with nothing wrong in it: what was typed is drawn each time, what stands around it once."""
    before, after = _around(**shown)
    return SafeString(before + str(field) + after)


@lru_cache(maxsize=1024, typed=True)
def _around(**shown: Any) -> tuple[str, str]:
    drawn = render_to_string(Renderer.field_template_name, {"field": CONTROL, "errors": "", **shown}).strip()
    before, _, after = drawn.partition(CONTROL)
    return before, after


def _attributes(attrs: dict[str, Any]) -> SafeString | str:
    """What `flatatt` gives, in one go."""
    return _drawn(*chain.from_iterable(attrs.items())) if attrs else ""


@lru_cache(maxsize=1024, typed=True)
def _drawn(*names_and_values: Any) -> SafeString | str:
    attrs = dict(zip(names_and_values[::2], names_and_values[1::2], strict=True))
    given = sorted((name, value) for name, value in attrs.items() if value is not None and not isinstance(value, bool))
    flags = sorted(name for name, value in attrs.items() if value is True)
    form = ' {}="{}"' * len(given) + " {}" * len(flags)
    return form and format_html(form, *chain.from_iterable(given), *flags)


def _input(widget: dict[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else format_html(' value="{}"', widget["value"])
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, _attributes(widget["attrs"])
    )


def _textarea(widget: dict[str, Any]) -> SafeString:
    value = widget["value"] or ""
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget["attrs"]), value)


def _select(widget: dict[str, Any]) -> SafeString:
    groups = SafeString("".join(_options(name, options) for name, options, _ in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), groups)


def _options(group: str | None, options: list[dict[str, Any]]) -> SafeString:
    drawn = SafeString("".join(_option(one["value"], one["label"], *one["attrs"].items()) for one in options))
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', group, drawn) if group else drawn


@lru_cache(maxsize=4096, typed=True)  # the same lists come back on every page
def _option(value: Any, label: Any, *attrs: tuple[str, Any]) -> SafeString:
    return format_html('\n  <option value="{}"{}>{}</option>', value, _attributes(dict(attrs)), label)


# The template of Django -> what draws the same
DRAWN: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    **{
        f"django/forms/widgets/{name}.html": _input
        for name in ("text", "email", "number", "password", "hidden", "datetime", "checkbox")
    },
    # one of a group, beside its label (`{{ box.tag }}`)
    **{f"django/forms/widgets/{name}_option.html": _input for name in ("radio", "checkbox")},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
