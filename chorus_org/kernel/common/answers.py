"""What views answer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from django.contrib import messages
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect, reselect, reswap, retarget
from django_htmx.middleware import HtmxDetails

from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.templatetags.ui import crumbs


class HtmxRequest(HttpRequest):
    """A request as the middleware of django-htmx leaves it."""

    htmx: HtmxDetails


def static_page(template: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view of a page that says the same to everybody, while the database is down too."""

    @require_safe
    @non_atomic_requests
    def shown(request: HttpRequest) -> HttpResponse:
        return render(request, template)

    return shown


def form_page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """The page of a form: 422, or the status of what refused it, when something in it is wrong."""
    response = render(request, template, {"form": form, **context}, status=form.status if form.errors else 200)
    return not_before(response, form.until)


def question(
    request: HttpRequest,
    form: Form,
    *,
    title: str,
    lines: Sequence[str],
    submit: str,
    way: Sequence[str],
    bad: bool = False,
) -> HttpResponse:
    """A page that says what an act will do, and asks; a link made by `{% ask %}` shows it in a dialog.

    What was asked is answered by `done`, which serves the page and the dialog alike.

    :param lines: what follows from the act, the most important first.
    :param submit: the act in a few words, on its button.
    :param way: labels and addresses in turn, as `{% crumbs %}` takes them, to the page that « Annuler » leads back to.
    :param bad: it takes something away.
    """
    context = {"title": title, "lines": lines, "submit": submit, "crumbs": crumbs(*way, submit), "bad": bad}
    return form_page(request, "kernel/question.html", form, from_label=way[-2], back=way[-1], **context)


def not_before(response: HttpResponse, until: datetime | None) -> HttpResponse:
    """Say in a header in how many seconds one may try again, where one has to wait."""
    if until:
        response.headers["Retry-After"] = str(ceil((until - timezone.now()).total_seconds()))
    return response


def sent(request: HttpRequest, title: str, to: Any) -> HttpResponse:
    """Lead to the page `to`, which will say that the form of this title was accepted."""
    messages.success(request, f"L’envoi des données pour «\u00a0{title}\u00a0» a bien été effectuée")
    return redirect(to)


def done(request: HtmxRequest, sentence: str, to: Any) -> HttpResponse:
    """Lead to the page `to`, which will say this: from a page, or from a dialog on another."""
    messages.success(request, sentence)
    return lead_to(request, to)


def lead_to(request: HtmxRequest, to: Any) -> HttpResponse:
    """Redirect the browser itself, even where htmx asked."""
    return HttpResponseClientRedirect(resolve_url(to)) if request.htmx else redirect(to)


def whole_page(response: HttpResponse) -> HttpResponse:
    """Make htmx replace the page's content, whatever the request targeted. Without HTMX it changes nothing."""
    return reswap(reselect(retarget(response, "#contenu"), "#contenu"), "outerHTML")
