"""How values are written in the pages: filters (a builtin library: no page loads it)."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from chorus_org.kernel.common.text import fold

register = template.Library()


@register.filter
def siret(identifier: Any) -> Any:
    """A SIRET in groups that are copied without spaces; any other identifier as it is."""
    digits = str(identifier)
    if not re.fullmatch(r"[0-9]{14}", digits):
        return identifier
    groups = (digits[:3], digits[3:6], digits[6:9], digits[9:])
    return format_html(
        '<span class="siret"><span>{}</span><span>{}</span><span>{}</span><span>{}</span></span>', *groups
    )


@register.filter
def marked(text: str, words: Sequence[str]) -> SafeString | str:
    """The text, where the beginnings of words that were looked for are marked.

    :param words: folded (`common.text.fold`).
    """
    return format_html_join("", "{}", ((_begun(part, words),) for part in re.split(r"(\W+)", text))) if words else text


def _begun(word: str, words: Sequence[str]) -> SafeString | str:
    length = max((len(sought) for sought in words if fold(word).startswith(sought)), default=0)
    return format_html("<mark>{}</mark>{}", word[:length], word[length:]) if length else word


@register.filter
@lru_cache(maxsize=1024)
def moment(value: date | None) -> SafeString | str:
    """A moment in Paris, to the minute, or a day: « 10/03/2022 15:01 »."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = localtime(value)
        return format_html(
            '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), f"{local:%d/%m/%Y %H:%M}"
        )
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%d/%m/%Y}")


@register.filter
def code_of(service: Any) -> str:
    """The code of a service, or nothing where a level is the whole structure."""
    return service.code if service else ""


@register.filter
def initials(person: Any) -> str:
    """The two letters that stand for a person in the header."""
    return (person.first_name[:1] + person.last_name[:1] or person.email[:1]).upper()


@register.filter
def attributes(attrs: dict[str, Any]) -> SafeString:
    """The attributes of a widget, without the loop of templates that Django's own makes for each of its options."""
    return flatatt(attrs)


@register.filter
def first_input(field: BoundField) -> str:
    """The id that a link about a field leads to; in a group of boxes each has its own."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.auto_id
