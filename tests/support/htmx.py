"""What htmx does of the dialect of the house (docs/architecture.md), without a browser: ask, select, swap.

A test holds the page before, triggers one of its elements, and compares the page after with the page loaded afresh:

    page = HtmxPage(client, client.get(url))
    page.trigger(page.find("select", name="structure"))
    assert same(page, client.get(url))
"""

import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from difflib import unified_diff
from typing import Any

from django.test.html import Element, RootElement

from tests.support.pages import elements, text_of, tree

BUTTONS = {"submit", "button", "reset", "image", "file"}


class HtmxPage:
    """A page as a browser holds it, and htmx in it. Attributes are those of the element alone: none is inherited."""

    def __init__(self, client: Any, answer: Any) -> None:
        self.client = client
        self._open(answer)

    def _open(self, answer: Any) -> None:
        self.url, self.root = answer.wsgi_request.get_full_path(), _document(answer)

    @property
    def title(self) -> str:
        return text_of(self.find("title"))

    def by_id(self, name: str) -> Element:
        return self.find(id=name)

    def find(self, tag: str | None = None, **attributes: str) -> Element:
        """The first element of that tag and with these attributes."""
        found = next(elements(self.root, tag, **attributes), None)
        assert found, f"the page has no {tag or 'element'} {attributes}"
        return found

    def fill(self, **typed: Any) -> None:
        """Type in fields by their name: a text, a value among several, or whether a box is ticked."""
        for name, value in typed.items():
            fields = [field for field in elements(self.root, name=name) if _is_field(field)]
            assert fields, f"the page has no field {name}"
            for field in fields:
                _type(field, value)

    def trigger(self, element: Element | str) -> Any:
        """Send what an element (or that of this id) sends, do with the answer what htmx does, and give the answer."""
        element = self.by_id(element) if isinstance(element, str) else element
        attributes = dict(element.attributes)
        method = next((verb for verb in ("get", "post") if f"hx-{verb}" in attributes), None)
        assert method, f"no hx-get nor hx-post on {element}"
        target = self._target(attributes, element)
        headers = {
            "HX-Request": "true",
            "HX-Current-URL": f"http://testserver{self.url}",
            "HX-Target": dict(target.attributes).get("id"),
            "HX-Trigger": attributes.get("id"),
            "HX-Trigger-Name": attributes.get("name"),
        }
        answer = getattr(self.client, method)(
            attributes[f"hx-{method}"] or self.url,
            self._values(element, method),
            headers={name: value for name, value in headers.items() if value},
            follow=True,
        )
        if "HX-Redirect" in answer.headers:
            self._open(self.client.get(answer.headers["HX-Redirect"], follow=True))
        elif self._is_swapped(answer.status_code):
            self._swap(answer, attributes, target)
        return answer

    def _target(self, attributes: dict[str, Any], element: Element) -> Element:
        return self.by_id(_id(attributes["hx-target"])) if "hx-target" in attributes else element

    def _values(self, element: Element, method: str) -> dict[str, Any]:
        attributes, around = dict(element.attributes), self._form_around(element)
        roots = [element]
        if around and (method == "post" or attributes.get("hx-include") == "closest form"):
            roots.append(around)
        elif "hx-include" in attributes:
            roots.append(self.by_id(_id(attributes["hx-include"])))
        values: dict[str, list[str]] = {}
        seen: set[int] = set()
        for field in (each for root in roots for each in (root, *elements(root))):
            if _is_field(field) and id(field) not in seen:
                seen.add(id(field))
                values.setdefault(dict(field.attributes)["name"], []).extend(_sent_by(field))
        sent = {name: held for name, held in values.items() if held}
        return sent | json.loads(attributes.get("hx-vals", "{}"))

    def _form_around(self, element: Element) -> Element | None:
        if named := dict(element.attributes).get("form"):
            return self.by_id(named)
        return next((form for form in elements(self.root, "form") if any(e is element for e in elements(form))), None)

    def _is_swapped(self, status: int) -> bool:
        config = json.loads(dict(self.find("meta", name="htmx-config").attributes)["content"])
        return next(rule["swap"] for rule in config["responseHandling"] if re.search(rule["code"], str(status)))

    def _swap(self, answer: Any, attributes: dict[str, Any], target: Element) -> None:
        places, fresh = answer.headers, _document(answer)
        marked = [(part, dict(part.attributes)["hx-swap-oob"]) for part in elements(fresh) if _is_marked(part)]
        if "HX-Retarget" in places:
            target = self.by_id(_id(places["HX-Retarget"]))
        else:  # `app.js`: what takes another place leaves no part of it elsewhere
            names = [name.strip() for name in attributes.get("hx-select-oob", "").split(",") if name.strip()]
            marked += [(part, "true") for name in names for part in elements(fresh, id=_id(name))]
        for part, how in marked:
            self._swap_aside(part, how, fresh)
        select = places.get("HX-Reselect", attributes.get("hx-select"))
        chosen = list(elements(fresh, id=_id(select))) if select else fresh.children
        assert chosen, f"the answer has no {select}"
        if not self._is_in_dialog(target):
            self._take_title(fresh)
        _put(self.root, target, chosen, places.get("HX-Reswap", attributes.get("hx-swap", "innerHTML")))
        names = [dict(each.attributes)["id"] for each in elements(self.root) if "id" in dict(each.attributes)]
        assert len(names) == len(set(names)), f"twice: {[name for name in names if names.count(name) > 1]}"

    def _swap_aside(self, part: Element, how: str, fresh: Element) -> None:
        part.attributes = [pair for pair in part.attributes if pair[0] != "hx-swap-oob"]
        place = next(elements(self.root, id=dict(part.attributes)["id"]), None)
        assert place, f"the page has no #{dict(part.attributes)['id']}, which comes out of band"
        _replace(fresh, part, [])
        how = "outerHTML" if how == "true" else how
        _put(self.root, place, [part] if how == "outerHTML" else part.children, how)

    def _is_in_dialog(self, target: Element) -> bool:
        """Whether `app.js` leaves the title alone."""
        return any(each is target for dialog in elements(self.root, "dialog") for each in (dialog, *elements(dialog)))

    def _take_title(self, fresh: Element) -> None:
        title = next(elements(fresh, "title"), None)
        if title:
            self.find("title").children = title.children


def same(page: HtmxPage, fresh: Any, *, part: str = "", but: Iterable[str] = ()) -> bool:
    """Whether a page is the one that an answer shows, but for the tokens of its forms.

    :param part: the id of the only part that is compared; `but`: ids of parts whose content is not.
    """
    roots = (next(elements(root, id=part), root) if part else root for root in (page.root, _document(fresh)))
    shown, expected = (_comparable(deepcopy(root), but) for root in roots)
    assert shown == expected, "\n".join(unified_diff(expected, shown, "afresh", "after htmx", lineterm="", n=1))
    return True


def _comparable(root: Element, but: Iterable[str]) -> list[str]:
    for field in elements(root, "input"):
        is_token = ("name", "csrfmiddlewaretoken") in field.attributes
        field.attributes = [
            (name, value) for name, value in field.attributes if name != "value" or value and not is_token
        ]
    for name in but:
        for part in elements(root, id=name):
            part.children = []
    return str(root).splitlines()


def _document(answer: Any) -> Element:
    """An answer as a tree, whose root is never one of its elements."""
    root = RootElement()
    parsed = tree(answer)
    root.children = [parsed] if parsed.name else parsed.children
    return root


def _id(selector: str) -> str:
    """The id that a selector names: the dialect has no other selectors."""
    assert re.fullmatch(r"#[\w-]+", selector), f"{selector!r} is no id: parts are named by theirs"
    return selector[1:]


def _is_field(element: Element) -> bool:
    held = dict(element.attributes)
    return (
        element.name in {"input", "select", "textarea"}
        and "name" in held
        and "disabled" not in held
        and held.get("type") not in BUTTONS
    )


def _is_marked(element: Element) -> bool:
    return "hx-swap-oob" in dict(element.attributes)


def _sent_by(field: Element) -> Iterator[str]:
    held = dict(field.attributes)
    if field.name == "select":
        options = list(elements(field, "option"))
        chosen = [option for option in options if "selected" in dict(option.attributes)]
        for option in chosen or ([] if "multiple" in held else options[:1]):
            yield dict(option.attributes).get("value", text_of(option))
    elif field.name == "textarea":
        yield text_of(field)
    elif held.get("type") not in {"checkbox", "radio"}:
        yield held.get("value", "")
    elif "checked" in held:
        yield held.get("value", "on")


def _type(field: Element, value: Any) -> None:
    held = dict(field.attributes)
    if field.name == "select":
        for option in elements(field, "option"):
            _mark(option, "selected", dict(option.attributes).get("value") == value)
    elif field.name == "textarea":
        field.children = [value] if value else []
    elif held.get("type") == "checkbox" and isinstance(value, bool):
        _mark(field, "checked", value)
    elif held.get("type") == "radio":
        _mark(field, "checked", held.get("value") == value)
    else:
        rest = [pair for pair in field.attributes if pair[0] != "value"]
        field.attributes = sorted([*rest, ("value", value)] if value else rest, key=lambda pair: pair[0])


def _mark(element: Element, name: str, is_held: bool) -> None:
    rest = [pair for pair in element.attributes if pair[0] != name]
    element.attributes = sorted([*rest, (name, None)] if is_held else rest, key=lambda pair: pair[0])


def _put(root: Element, place: Element, parts: list[Any], how: str) -> None:
    assert how in {"innerHTML", "outerHTML"}, f"{how!r} is no way to swap of the dialect"
    if how == "innerHTML":
        place.children = list(parts)
    else:
        _replace(root, place, parts)


def _replace(root: Element, element: Element, parts: list[Any]) -> None:
    for parent in (root, *elements(root)):
        for number, child in enumerate(parent.children):
            if child is element:
                parent.children[number : number + 1] = parts
                return
    raise AssertionError(f"{element} is not in the page")
