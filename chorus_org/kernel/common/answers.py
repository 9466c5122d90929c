"""What views answer."""

from datetime import datetime
from math import ceil
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import reselect, reswap, retarget

from chorus_org.kernel.common.forms import Form


def form_page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """The page of a form: 422, or the status of what refused it, when something in it is wrong."""
    response = render(request, template, {"form": form, **context}, status=form.status if form.errors else 200)
    return not_before(response, form.until)


def not_before(response: HttpResponse, until: datetime | None) -> HttpResponse:
    """Say in a header in how many seconds one may try again, where one has to wait."""
    if until:
        response.headers["Retry-After"] = str(ceil((until - timezone.now()).total_seconds()))
    return response


def sent(request: HttpRequest, title: str, to: Any) -> HttpResponse:
    """Lead to the page `to`, which will say that the form of this title was accepted."""
    messages.success(request, f"L’envoi des données pour «\u00a0{title}\u00a0» a bien été effectuée")
    return redirect(to)


def whole_page(response: HttpResponse) -> HttpResponse:
    """Make htmx replace the page's content, whatever the request targeted. Without HTMX it changes nothing."""
    return reswap(reselect(retarget(response, "#contenu"), "#contenu"), "outerHTML")
