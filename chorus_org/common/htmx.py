"""Answers that HTMX shortens."""

from django.http import HttpResponse
from django_htmx.http import reselect, reswap, retarget


def whole_page(response: HttpResponse) -> HttpResponse:
    """Make htmx replace the page's content, whatever the request targeted. Without HTMX it changes nothing."""
    return reswap(reselect(retarget(response, "#contenu"), "#contenu"), "outerHTML")
