"""The portal's components, as template tags (a builtin library: no page loads it).

The markup of a component stands once, in `templates/partials/`; all of them are shown on `/composants/`.
Where a tag takes an address, it is the name of a page without arguments, or an address already built.
"""

import json
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import Any

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms.utils import flatatt
from django.template import Context, Engine, defaulttags
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode, URLNode
from django.urls import NoReverseMatch
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from chorus_org.kernel.common.addresses import address, place
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.typed import MARK, mark

register = template.Library()


def component(name: str) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., SafeString]]:
    """Register a tag whose markup depends on its arguments alone: the same ones are rendered once.

    :param name: the template that takes what the function returns.
    """

    def register_tag(values: Callable[..., dict[str, Any]]) -> Callable[..., SafeString]:
        @lru_cache(maxsize=1024, typed=True)  # typed: a text that is safe is not the same text that is not
        def kept(place: tuple[str, str], *args: Any, **kwargs: Any) -> SafeString:
            return _render(Context(), name, **values(*args, **kwargs))

        @wraps(values)
        def rendered(*args: Any, **kwargs: Any) -> SafeString:
            return kept(place(), *args, **kwargs)

        register.simple_tag(rendered)
        return rendered

    return register_tag


class UrlNode(URLNode):
    """Django's; the address of a page without arguments is made once a process."""

    def render(self, context: Context) -> str:
        if self.args or self.kwargs:
            return super().render(context)
        try:
            made = address(self.view_name.resolve(context))
        except NoReverseMatch:  # which Django forgives where the address is kept in a variable
            return super().render(context)
        if self.asvar:
            context[self.asvar] = made
            return ""
        return made


@register.tag
def url(parser: Parser, token: Token) -> UrlNode:
    node = defaulttags.url(parser, token)
    return UrlNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Django's, and in a form of fields whose page it stands on, so that what is typed outlives a session."""
    token = SafeString(CsrfTokenNode().render(context))
    form, user = context.get("form"), context.get("user")
    if not (isinstance(form, Form) and user and user.is_authenticated):
        return token
    return format_html('{}<input type="hidden" name="{}" value="{}">', token, MARK, mark(user, form.keepable))


@register.simple_tag
def once(template: str, **values: Any) -> SafeString:
    """A template whose markup depends on these values alone: the same ones are rendered once.

    `{% once "partials/footer.html" shell=shell %}`. A value is a text, a number or a constant of the code, or is made
    of constants alone: of what an object holds, nothing tells a safe text from one that is not.
    """
    return _once(place(), template, **values)


@lru_cache(maxsize=1024, typed=True)
def _once(place: tuple[str, str], template: str, **values: Any) -> SafeString:
    return _render(Context(), template, **values)


CHECKED = SafeString(" checked")
# How an alert looks -> the shape beside its words
ALERTS = {"": "info", "ok": "done", "warn": "alert", "bad": "error"}
# The levels of django.contrib.messages -> how the alert looks
LEVELS = {"debug": "", "info": "", "success": "ok", "warning": "warn", "error": "bad"}


# Words and signs


@register.simple_tag
@lru_cache(maxsize=256, typed=True)
def icon(name: str, size: int = 20, css: str = "icon") -> SafeString:
    """A sign of `static/icons.svg`, always beside a word: `{% icon "plus" 16 %}`."""
    return format_html(
        '<svg class="{}" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        size,
        size,
        _sprite(),
        name,
    )


@cache
def _sprite() -> str:
    return staticfiles_storage.url("icons.svg")


@component("partials/tag.html")
def tag(kind: str, icon: str, text: Any) -> dict[str, Any]:
    """A status: a word, a shape, a colour (`ok`, `warn`, `bad`, `off` or none): `{% tag "ok" "done" "Actif" %}`."""
    return {"kind": kind, "icon": icon, "text": text}


@component("partials/count.html")
def count(number: int | str, kind: str = "", of: str = "") -> dict[str, Any]:
    """How many; `soft` beside a name. `of` is read aloud: `{% count 5 of="demandes en attente" %}`."""
    return {"number": number, "kind": kind, "of": of}


@component("partials/button.html")
def button(
    label: str, kind: str = "", icon: str = "", url: str = "", css: str = "", **attributes: Any
) -> dict[str, Any]:
    """A button that submits, or, with an address, a link that looks like one.

    `{% button "Créer un service" "s" "plus" url=url %}`, `{% button "Refuser la demande" "bad" %}`,
    `{% button "Choisir" "line s" name="choisir" value="1" formnovalidate=True %}`.

    :param kind: how it looks: `line`, `quiet`, `bad`, `bad-line`, `s` (small), several at once separated by a space.
    :param css: a class more; other attributes are written with `_` for `-`.
    """
    classes = " ".join(["btn", *(f"btn--{one}" for one in kind.split()), *css.split()])
    if not url:
        attributes = {"type": "submit", **attributes}
    return {
        "label": label,
        "classes": classes,
        "icon": icon,
        "icon_size": 16 if "s" in kind.split() else 20,
        "url": url and _address(url),
        "attributes": flatatt({name.replace("_", "-"): value for name, value in attributes.items()}),
    }


@component("partials/ask.html")
def ask(label: str, url: str, css: str = "") -> dict[str, Any]:
    """A link to a page that asks (`answers.question`), shown in the dialog of `base.html` where there is JavaScript.

    `{% ask "Retirer l’application" "mfa_deactivate_totp" %}`, `{% ask "Refuser" url "btn btn--bad-line" %}`.
    """
    return {"label": label, "url": _address(url), "css": css}


@register.simple_tag
def linked_data(described: dict[str, Any]) -> SafeString:
    """What the page is about, in the words of schema.org (JSON-LD): data that search engines read, nothing runs it."""
    text = json.dumps(described, ensure_ascii=False, indent=1)  # two braces never touch, as in a template left over
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_block_tag
def markup(content: SafeString) -> SafeString:
    """Keep a piece of page in a variable, for a tag that takes one: `{% markup as lead %}…{% endmarkup %}`."""
    return content


@component("partials/session_end.html")
def session_end(url: str, login: str) -> dict[str, Any]:
    """What says in time that the session ends (`static/js/session.js`): who knows how long is left, and the login."""
    return {"url": _address(url), "login": _address(login)}


# Where am I


@component("partials/crumbs.html")
def crumbs(*steps: str, label: str = "Fil d’Ariane") -> dict[str, Any]:
    """The way from home: labels and addresses in turn, then the label of this page.

    `{% crumbs "Organisation" "organisation" "Structures" "structures" "Créer un service" %}`
    """
    *pairs, current = steps
    links = [(label, _address(url)) for label, url in zip(pairs[::2], pairs[1::2], strict=True)]
    return {"links": [("Accueil", address("home")), *links], "current": current, "label": label}


@component("partials/back.html")
def back(url: str, label: str) -> dict[str, Any]:
    """The way up: `{% back "structures" "Retour au domaine" %}`."""
    return {"url": _address(url), "label": label}


@register.simple_block_tag
def pagehead(content: SafeString, title: str, lead: str = "") -> SafeString:
    """The title of the page, the sentence that says what it is for; inside the tag, what stands on the right."""
    return _once(place(), "partials/pagehead.html", content=content, title=title, lead=lead)


@register.simple_block_tag(takes_context=True)
def tabs(context: Context, content: SafeString, label: str) -> SafeString:
    """The parts of one object, each with its address: `{% tab %}` inside."""
    return _render(context, "partials/tabs.html", content=content, label=label)


@component("partials/tab.html")
def tab(label: str, url: str, current: bool = False, count: int | None = None) -> dict[str, Any]:
    """`{% tab "Services" url current=True count=4 %}`."""
    return {"label": label, "url": _address(url), "current": current, "count": count}


@component("partials/stepper.html")
def stepper(current: int, *steps: str, label: str = "Étapes") -> dict[str, Any]:
    """Where one stands in a form of several pages: `{% stepper 2 "Informations personnelles" "Activation" %}`."""
    return {"steps": list(enumerate(steps, start=1)), "current": current, "label": label}


@register.inclusion_tag("partials/pages.html")
def pages(page: Any, label: str = "", place: str = "") -> dict[str, Any]:
    """The neighbours of a page of rows (`common.paging`): `{% pages structures "Structures" %}`."""
    return {"previous": page.previous, "next": page.next, "label": label, "place": place}


# Parts of a page


@register.simple_block_tag(takes_context=True)
def section(
    context: Context, content: SafeString, title: str, id: str, note: str = "", side: SafeString | str = ""
) -> SafeString:
    """A part of the page under its title: `{% section "Mes structures" "miennes" %}`.

    :param note: a few words on the right; :param side: what else stands there, kept with `{% markup %}`.
    """
    return _render(context, "partials/section.html", content=content, title=title, id=id, note=note, side=side)


@component("partials/cell.html")
def cell(
    icon: str, title: str, text: str, url: str | None, link_text: str, main: bool = False, level: int = 3
) -> dict[str, Any]:
    """A domain on the plate `<ul class="cells">`; `main` marks the one that matters; no address: not built yet."""
    link = {"url": url and _address(url), "link_text": link_text}
    return {"icon": icon, "title": title, "text": text, "main": main, "level": level, **link}


@component("partials/tile.html")
def tile(icon: str, title: str, text: str, url: str | None = None, why: str = "") -> dict[str, Any]:
    """An application in `<ul class="tiles">`; without an address it says who may use it.

    :param why: who may use it, in the place of the link, for whom its page would only refuse.
    """
    return {"icon": icon, "title": title, "text": text, "url": "" if why else url and _address(url), "why": why}


@register.simple_block_tag(takes_context=True)
def bracket(context: Context, content: SafeString, title: str, id: str, level: int = 2) -> SafeString:
    """The choir bracket: the one thing to keep in mind or to check. At most two on a page."""
    return _render(context, "partials/bracket.html", content=content, title=title, id=id, level=level)


@register.simple_block_tag(takes_context=True)
def facts(context: Context, content: SafeString, variant: str = "") -> SafeString:
    """The facts of an object, `{% fact %}` inside; `row` over a page, `narrow` in a column."""
    return _render(context, "partials/facts.html", content=content, variant=variant)


@register.simple_block_tag(takes_context=True)
def fact(context: Context, content: SafeString, label: str) -> SafeString:
    """`{% fact "Adresse" %}…{% endfact %}`."""
    return _render(context, "partials/fact.html", content=content, label=label)


@register.simple_block_tag(takes_context=True)
def table(context: Context, content: SafeString, caption: str) -> SafeString:
    """A list whose rows become cards where it is narrow; inside, `thead` and `tbody` with roles and `data-label`."""
    return _render(context, "partials/table.html", content=content, caption=caption)


@register.simple_block_tag(takes_context=True)
def scroll(context: Context, content: SafeString, label: str) -> SafeString:
    """What may be wider than the screen; the keyboard scrolls it too."""
    return _render(context, "partials/scroll.html", content=content, label=label)


# Messages


@register.simple_block_tag(takes_context=True)
def alert(context: Context, content: SafeString, kind: str = "", title: str = "", level: int = 2) -> SafeString:
    """A message of the page: `{% alert "warn" "3 personnes n’ont plus de périmètre actif" %}…{% endalert %}`.

    :param kind: `ok`, `warn`, `bad` or nothing; or the level of a message of Django.
    """
    kind = LEVELS.get(kind, kind)
    return _render(
        context, "partials/alert.html", content=content, kind=kind, icon=ALERTS[kind], title=title, level=level
    )


@register.simple_block_tag(takes_context=True)
def toast(context: Context, content: SafeString) -> SafeString:
    """A short confirmation above the page, where it is not worth a message: `{% toast %}Code copié.{% endtoast %}`."""
    return _render(context, "partials/toast.html", content=content)


@register.simple_block_tag(takes_context=True)
def empty(context: Context, content: SafeString, icon: str, title: str, level: int = 3) -> SafeString:
    """Nothing here: why, and one way on."""
    return _render(context, "partials/empty.html", content=content, icon=icon, title=title, level=level)


# Forms


@register.simple_tag
def boxes(field: Any, several: bool) -> SafeString:
    """What may be chosen of an object that is searched, a box each, or a button each where one alone is chosen."""
    form = (
        '<div class="choice"><input type="{0}" id="{1}" name="{2}" value="{3}"{4}><label for="{1}">{5}</label></div>\n'
    )
    kind, options = "checkbox" if several else "radio", field.field.options
    drawn = (
        (kind, f"{field.auto_id}_{number}", field.html_name, one.value, CHECKED if one.ticked else "", one.label)
        for number, one in enumerate(options)
    )
    return format_html_join("", form, drawn)


@component("partials/hint.html")
def hint(id: str, text: str) -> dict[str, Any]:
    """The help of a field, which its `aria-describedby` names."""
    return {"id": id, "text": text}


@component("partials/error.html")
def error(id: str, text: str) -> dict[str, Any]:
    """What is wrong with a field, which its `aria-describedby` names."""
    return {"id": id, "text": text}


@component("partials/star.html")
def star() -> dict[str, Any]:
    """The mark of a required field."""
    return {}


# Inside


def _address(url: str) -> str:
    return url if url.startswith(("/", "?", "#", "https://", "http://")) else address(url)


def _render(context: Context, name: str, **values: Any) -> SafeString:
    return Engine.get_default().get_template(name).render(context.new(values))
