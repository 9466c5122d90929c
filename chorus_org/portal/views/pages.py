"""The pages of the portal that lead to the others: home, domains, and the tiles of « Organisation ».

The public ones open no transaction: a visitor reads them while the database is down.
"""

from datetime import timedelta

from django.db import DatabaseError
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.information.models import News
from chorus_org.portal.audiences import Audience
from chorus_org.portal.first_steps import first_steps
from services.models import Service
from structures.models import Structure

SOON = timedelta(days=60)
SHOWN = 9
NEWS = 3  # cards on « Organisation »
DOMAINS = {
    "marche": "Marché",
    "commande": "Commande",
    "facturation": "Facturation",
    "raccordements": "Raccordements",
    "outils": "Outils",
}


@require_safe
@non_atomic_requests
def home(request: HttpRequest) -> HttpResponse:
    """What the portal is, for the audience chosen; for a person logged in, what waits for them."""
    audience = Audience.read(request)
    context = {"audience": audience, **(_waiting(request) if request.user.is_authenticated else {})}
    response = render(request, "portal/home.html", context)
    if "public" in request.GET:
        audience.remember(response)
    return response


def _waiting(request: HttpRequest) -> dict:
    """The first structures that the person manages, and their first services that start soon."""
    at = timezone.now()
    starting = Service.objects.starting(after=at, before=at + SOON).readable_by(request.user, at=at)
    mine = Structure.objects.visible_to(request.user, at=at)
    managed = mine.filter(principal_manager=request.user).order_by("name_key", "id")
    return {
        "steps": first_steps(request.user, at=at),
        "managed": list(managed[:SHOWN]),
        "starting": list(starting.order_by("active_from", "id")[:SHOWN]),
    }


@require_safe
@non_atomic_requests
def domain(request: HttpRequest, name: str) -> HttpResponse:
    """A domain of the portal that is not part of this product, and says so."""
    if name not in DOMAINS:
        raise Http404
    return render(request, "portal/domain.html", {"title": DOMAINS[name]})


@require_safe
@non_atomic_requests
def organisation(request: HttpRequest) -> HttpResponse:
    """« Organisation »: its two domains and its applications."""
    return render(request, "portal/organisation.html", {"news": _latest()})


def _latest() -> list[News]:
    """The latest news; none while the database is down."""
    try:
        return list(News.objects.latest(timezone.now())[:NEWS])
    except DatabaseError:
        return []
