"""A test client that refuses what no page may send."""

import re
from typing import Any

from django.test import Client

INLINE = re.compile(
    rb"<script(?![^>]*\bsrc=|\s+type=.application/ld)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)
POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
ASKING = re.compile(rb"<\w[^>]*\shx-(?:get|post)=[^>]*>")
# The underline of a link would swallow the « _ » of a code: the label beside it carries the link
UNDERLINED = re.compile(rb'<a\b(?![^>]*class="btn)[^>]*>(?:(?!</a>).)*?<(?:code\b|span class="siret)[^>]*>', re.DOTALL)
LEFTOVERS = re.compile(rb"\{\{|\}\}|\{%|%\}")


class StrictClient(Client):
    """Each answer is checked: nothing inline, no template left unrendered, one dialect of HTMX, no cache, the CSP."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
        if not request["PATH_INFO"].startswith("/static/"):
            kept = request["PATH_INFO"].startswith("/annuaire/") and "public" in response.headers["Cache-Control"]
            assert kept or "no-store" in response.headers["Cache-Control"]
        if response.headers.get("Content-Type", "").startswith("text/html"):
            assert not (found := INLINE.search(response.content)), found
            assert not (found := LEFTOVERS.search(response.content)), found
            assert not (found := UNDERLINED.search(response.content)), (
                f"a code is underlined through its own signs: {found}"
            )
            for tag in ASKING.findall(response.content):
                assert all(name in tag for name in (b" hx-target=", b" hx-select=", b" hx-swap=")), tag
        return response
