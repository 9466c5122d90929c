"""The component tags: what they escape, what they leave out, where they lead."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.test.html import parse_html
from django.utils.safestring import mark_safe

from chorus_org.kernel.common.forms import Block, Form
from chorus_org.kernel.common.paging import Page
from tests.support.pages import elements, plain, text_of

HOSTILE = """" onfocus="alert(1)" autofocus><script>alert(1)</script>'{{ 7777|add:1 }}"""
TAGS = [
    "{{ text|siret }}",
    '{% tag "ok" "done" text %}',
    "{% tag text text text %}",
    "{% icon text 16 %}",
    '{% count 5 "soft" of=text %}',
    "{% button text text icon=text %}",
    '{% button "Choisir" name=text value=text %}',
    '{% crumbs text "home" text label=text %}',
    '{% back "home" text %}',
    "{% pagehead text text %}{{ text }}{% endpagehead %}",
    "{% tabs text %}{% tab text text_url current=True count=1 %}{% endtabs %}",
    "{% stepper 2 text text text label=text %}",
    "{% pages page text text %}",
    "{% section text text note=text side=text %}{{ text }}{% endsection %}",
    '{% cell "user" text text text_url text %}',
    '{% tile "user" text text text_url %}',
    '{% tile "user" text text None %}',
    "{% bracket text text %}{{ text }}{% endbracket %}",
    "{% facts text %}{% fact text %}{{ text }}{% endfact %}{% endfacts %}",
    "{% table text %}{{ text }}{% endtable %}",
    "{% scroll text %}{{ text }}{% endscroll %}",
    '{% alert "bad" text %}{{ text }}{% endalert %}',
    "{% empty text text %}{{ text }}{% endempty %}",
    "{% toast %}{{ text }}{% endtoast %}",
    "{% markup as kept %}{{ text }}{% endmarkup %}{% pagehead kept kept %}{% endpagehead %}",
]


def render(source, **values):
    return Template(source).render(Context(values))


def tree(source, **values):
    return parse_html(f"<div>{render(source, **values)}</div>")


@pytest.mark.parametrize("source", TAGS)
def test_what_people_typed_is_text_in_every_component(source):
    page = Page(rows=[], previous=f"?avant={HOSTILE}", next=None)

    shown = render(source, text=HOSTILE, text_url=f"/{HOSTILE}", page=page)

    held = {name for element in elements(parse_html(f"<div>{shown}</div>")) for name, _ in element.attributes}
    assert "alert(1)" in shown
    assert "<script" not in shown
    assert not held & {"onfocus", "autofocus"}
    assert "7778" not in shown


def test_a_siret_is_read_in_groups_and_copied_without_spaces():
    shown = tree("{{ identifier|siret }}", identifier="57210489100013")

    groups = [text_of(group) for group in elements(shown, "span") if not list(elements(group))]
    assert groups == ["572", "104", "891", "00013"]
    assert " " not in render("{{ identifier|siret }}", identifier="57210489100013").replace("<span class", "")


@pytest.mark.parametrize("identifier", ["", "5721048910001", "572104891000134", "FR12345678901", "٥٧٢١٠٤٨٩١٠٠٠١٣"])
def test_any_other_identifier_stands_as_it_is(identifier):
    assert render("{{ identifier|siret }}", identifier=identifier) == identifier


def test_a_moment_is_shown_in_paris_to_the_minute():
    shown = render("{{ at|moment }}", at=datetime(2022, 3, 10, 14, 1, 32, tzinfo=UTC))

    assert shown == '<time datetime="2022-03-10T15:01+01:00">10/03/2022 15:01</time>'
    assert render("{{ at|moment }}", at=date(2022, 3, 10)) == '<time datetime="2022-03-10">10/03/2022</time>'
    assert render("{{ at|moment }}", at=None) == ""


@pytest.mark.parametrize("url", [None, ""])
def test_a_tile_without_an_address_says_who_may_and_leads_nowhere(url):
    shown = tree('{% tile "user" "Mes contacts" "Qui peut approuver." url why="Réservé au GP." %}', url=url)

    assert "Réservé au GP." in text_of(shown)
    assert not list(elements(shown, "a"))


def test_a_tile_with_an_address_is_one_link_named_by_its_title():
    shown = tree('{% tile "user" "Mes contacts" "Qui peut approuver." "organisation" %}')

    [link] = elements(shown, "a")
    assert (dict(link.attributes)["href"], text_of(link)) == ("/organisation/", "Mes contacts")


def test_a_cell_says_where_its_link_leads():
    shown = tree('{% cell "structure" "Organisation" "Structures" "organisation" "Accéder au domaine" %}')

    [link] = elements(shown, "a")
    assert text_of(link) == "Accéder au domaine Organisation"


def test_crumbs_lead_from_home_to_the_current_page_which_is_no_link():
    shown = tree('{% crumbs "Organisation" "organisation" "BANQUE DE FRANCE" "/une/structure/" "Services" %}')

    links = [(text_of(link), dict(link.attributes)["href"]) for link in elements(shown, "a")]
    assert links == [("Accueil", "/"), ("Organisation", "/organisation/"), ("BANQUE DE FRANCE", "/une/structure/")]
    assert [text_of(item) for item in elements(shown, "li", **{"aria-current": "page"})] == ["Services"]


def test_the_pages_of_a_list_show_only_the_neighbours_that_exist():
    first, alone = Page([], None, "?apres=b"), Page([], None, None)

    links = [dict(link.attributes) for link in elements(tree("{% pages page %}", page=first), "a")]
    assert [(link["rel"], link["href"]) for link in links] == [("next", "?apres=b")]
    assert render("{% pages page %}", page=alone).strip() == ""


@pytest.mark.parametrize(
    ("level", "kind", "icon"),
    [("success", "ok", "done"), ("warning", "warn", "alert"), ("error", "bad", "error"), ("info", "", "info")],
)
def test_the_messages_of_django_are_drawn_as_alerts(level, kind, icon):
    shown = render("{% alert level %}<p>Texte</p>{% endalert %}", level=level)

    assert f'class="alert{kind and f" alert--{kind}"}"' in shown
    assert f"#{icon}" in shown


class Sample(Form):
    name = forms.CharField(label="Nom", help_text="Tel qu’il figure au registre.")
    level = forms.ChoiceField(label="Maille", choices=[("S", "Structure"), ("V", "Service")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="J’accepte", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    layout = (Block("qui", "Qui", "Une personne.", ("name", ("level", "agreed"))),)


FORM = '{% include "partials/form.html" %}'


def test_each_error_is_at_its_field_and_in_the_summary_which_leads_to_it():
    form = Sample({})
    form.add_error(None, "Rien n’a été enregistré.")

    shown = tree(FORM, form=form)

    [summary] = elements(shown, id="erreurs")
    assert "Le formulaire contient 3 erreurs" in text_of(summary)
    assert [dict(link.attributes)["href"] for link in elements(summary, "a")] == ["#id_name", "#id_level_0"]
    assert len(list(elements(summary, "li"))) == 3
    ids = [dict(element.attributes).get("id") for element in elements(shown)]
    named = [one for one in ids if one]
    assert len(named) == len(set(named))
    [name] = elements(shown, "input", id="id_name")
    assert dict(name.attributes)["aria-invalid"] == "true"
    assert dict(name.attributes)["aria-describedby"] == "id_name_helptext id_name_error"
    [group] = elements(shown, "fieldset")
    assert dict(group.attributes)["aria-describedby"] == "id_level_error"
    assert {"id_name_helptext", "id_name_error", "id_level_error", "id_level_0"} <= set(named)


def test_a_form_without_error_has_no_summary_and_every_field_has_its_label():
    shown = tree(FORM, form=Sample())

    assert not list(elements(shown, id="erreurs"))
    labels = {dict(label.attributes)["for"]: text_of(label) for label in elements(shown, "label")}
    assert labels["id_name"] == "Nom *"
    assert labels["id_agreed"] == "J’accepte"
    assert {text_of(legend) for legend in elements(shown, "legend")} == {"Maille *"}
    assert "id_token" not in labels
    assert plain(text_of(shown)).count("Soumettre") == 1


def test_nothing_is_starred_where_everything_is_required():
    class Everything(Form):
        name = forms.CharField(label="Nom")

    shown = tree(FORM, form=Everything())

    assert [text_of(label) for label in elements(shown, "label")] == ["Nom"]


@pytest.mark.parametrize(
    "source",
    [
        '{% tag "ok" "done" text %}',
        '{% once "partials/tag.html" kind="ok" icon="done" text=text %}',
        "{% icon text 16 %}",
    ],
)
def test_what_is_kept_of_a_safe_text_is_not_given_for_the_same_text_that_is_not(source):
    safe = render(source, text=mark_safe("<b>gras</b>"))

    unsafe = render(source, text="<b>gras</b>")

    assert "<b>gras</b>" in safe
    assert "<b>" not in unsafe
    assert "&lt;b&gt;gras&lt;/b&gt;" in unsafe
