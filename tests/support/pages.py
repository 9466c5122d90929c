"""Pages read as a person reads them: by what they show."""

from collections.abc import Iterator
from typing import Any

from django.test.html import Element, parse_html


def plain(text: str) -> str:
    """The text with ordinary spaces, one at a time: typography aside."""
    return " ".join(text.replace("\u00a0", " ").split())


def tree(answer: Any) -> Element:
    return parse_html(answer.text)


def elements(root: Any, name: str | None = None, /, **attributes: str) -> Iterator[Element]:
    """Every element under `root` of that name and with these attributes, in the page's order."""
    for child in getattr(root, "children", []):
        if isinstance(child, Element):
            held = dict(child.attributes)
            if name in (None, child.name) and all(held.get(key) == value for key, value in attributes.items()):
                yield child
            yield from elements(child, name, **attributes)


def by_id(answer: Any, element_id: str) -> Element | None:
    return next(elements(tree(answer), id=element_id), None)


def text_of(element: Any) -> str:
    """What an element shows, without what is only for a screen reader at the start of errors."""
    if isinstance(element, str):
        return plain(element)
    return plain(" ".join(text_of(child) for child in element.children))


def error_of(answer: Any, field: str) -> str | None:
    """The sentence that stands at a field."""
    found = by_id(answer, f"id_{field}_error")
    return found and text_of(found).removeprefix("Erreur : ")


def summary_of(answer: Any) -> list[str]:
    """The lines of the summary of errors; each is a link to its field, or plain text."""
    summary = by_id(answer, "erreurs")
    return [text_of(item) for item in elements(summary, "li")] if summary else []
