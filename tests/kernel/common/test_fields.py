"""A field of a form: what its template shows of it, how its widget is drawn, and at which price."""

from contextlib import contextmanager
from datetime import datetime

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.test.html import parse_html
from django.test.signals import template_rendered
from django.utils.html import format_html

from chorus_org.kernel.common.forms import DateTimeInput, Form, TextField, choosing

HOSTILE = """a" onfocus="alert(1)"><script>alert(1)</script>'&amp;"""
SAFE = format_html("<b>{}</b>", "l’été")
CHOICES = [("", "Aucune"), (HOSTILE, HOSTILE), (1, SAFE), ("Groupe <b>", [("g", "Dedans"), ("h", HOSTILE)])]
ATTRS = {"id": "id_x", "title": HOSTILE, "required": True, "disabled": False, "hx-post": "/a?b&c", "rows": 3}
WIDGETS = [
    forms.TextInput,
    forms.EmailInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.CheckboxInput,
    forms.Textarea,
    DateTimeInput,
]


@contextmanager
def opened():
    """The names of the templates rendered meanwhile."""
    names = []

    def note(template, **kwargs):
        names.append(template.name)

    template_rendered.connect(note)
    try:
        yield names
    finally:
        template_rendered.disconnect(note)


class EveryField(Form):
    name = TextField(label="Nom", help_text="Tel qu’il figure au registre.")
    kind = forms.ChoiceField(label="Type", choices=CHOICES, widget=forms.Select(attrs=choosing("/", "#x")))
    text = TextField(label="Texte", required=False, help_text="255 caractères.", widget=forms.Textarea)
    agreed = forms.BooleanField(label="J’accepte")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize("value", [None, "", "0", 0, 12000, "texte", HOSTILE, SAFE, datetime(2026, 1, 2, 3, 4, 5)])
@pytest.mark.parametrize("widget", WIDGETS)
def test_a_widget_is_drawn_as_django_draws_it(widget, value):
    drawn, by_django = (
        widget(attrs=ATTRS).render("x<", value, {"class": "y"}, renderer)
        for renderer in (Form().renderer, DjangoTemplates())
    )

    assert parse_html(drawn) == parse_html(by_django)


@pytest.mark.parametrize("value", [None, "", HOSTILE, 1, "1", "g", "inconnu"])
@pytest.mark.parametrize("choices", [CHOICES, []])
def test_a_list_is_drawn_as_django_draws_it(choices, value):
    drawn, by_django = (
        forms.Select(attrs=ATTRS, choices=choices).render("x", value, renderer=renderer)
        for renderer in (Form().renderer, DjangoTemplates())
    )

    assert parse_html(drawn) == parse_html(by_django)


@pytest.mark.parametrize(("data", "templates"), [(None, []), ({"name": HOSTILE}, ["partials/field.html"])])
@pytest.mark.parametrize("name", ["name", "kind", "text", "agreed"])
def test_a_field_is_one_template_and_none_where_nothing_is_wrong(name, data, templates):
    field = EveryField(data)[name]
    by_template = TemplatesSetting().render("partials/field.html", field.get_context())
    field.as_field_group()  # its hint, its error and its star are rendered once

    with opened() as names:
        drawn = field.as_field_group()

    assert drawn.strip() == by_template.strip()
    assert names == (templates if field.errors else [])


def test_what_was_typed_in_a_field_is_drawn_each_time():
    """What stands around a control is kept; the control is not."""
    one, other = (EveryField({"name": typed, "kind": "a", "text": "x", "agreed": "on"})["name"] for typed in "xy")

    assert 'value="x"' in one.as_field_group()
    assert 'value="y"' in other.as_field_group()
