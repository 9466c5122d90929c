"""The words of a mail: one text template, from which both parts are made.

The first line of `templates/<app>/mail/<name>.txt` is the subject. Paragraphs stand on one line each, with an empty
line between them; « Activer mon compte : https://… » alone in its paragraph becomes a button of the HTML part.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Paragraph:
    """What a paragraph says; a link when it only leads to a page of the site."""

    text: str
    url: str = ""


def render(kind: str, context: dict[str, Any]) -> Rendered:
    """Write the mail `kind` (« users/activation »). The site's address is `{{ site }}` in the template.

    A text of the context stays on one line: what a person typed cannot make a paragraph, a link or a header.

    :raises TemplateDoesNotExist: there is no such mail.
    """
    app, name = kind.split("/")
    values = {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in context.items()}
    plain = render_to_string(f"{app}/mail/{name}.txt", {**values, "site": settings.SITE_URL}, using="text")
    subject, _, body = plain.strip().partition("\n")
    frame = {"subject": subject.strip(), "body": body.strip(), "site": settings.SITE_URL}
    return Rendered(
        subject=frame["subject"],
        text=render_to_string("kernel/mail/frame.txt", frame, using="text"),
        html=render_to_string("kernel/mail/frame.html", {**frame, "paragraphs": paragraphs(frame["body"])}),
    )


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a mail's text; only an address of the site itself makes a link."""
    link = re.compile(rf"(?P<text>[^\n]+)\u00a0: (?P<url>{re.escape(settings.SITE_URL)}/\S*)")
    found = []
    for paragraph in filter(None, map(str.strip, re.split(r"\n\s*\n", text))):
        match = link.fullmatch(paragraph)
        found.append(Paragraph(**match.groupdict()) if match else Paragraph(paragraph))
    return found
