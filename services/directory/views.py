"""« Annuaire des structures publiques », open to all (domain, 5 and 12)."""

from datetime import timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.identifiers import IdentifierType
from chorus_org.kernel.common.lists import filtered
from chorus_org.kernel.common.paging import SIZE, Page, of
from services.directory.forms import DirectoryForm
from services.directory.lines import lines_of
from services.directory.publishing import latest
from services.enums import ServiceState
from services.models import Service
from services.operations import DEFAULT_CODE
from structures.enums import Sector
from structures.models import Structure
from structures.search import MOST, Found

SOON = timedelta(days=60)
TYPES = {value.lower(): value for value in IdentifierType.values}


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What a visitor sees may be kept by a proxy for a while; what a person logged in sees names them."""
    if not request.user.is_authenticated:
        response.headers["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Search, or browse by name."""
    form = DirectoryForm(request.GET)
    found = form.found()
    if found:
        rows = _page(found, form, request.GET.get("page", ""))
    else:
        public = Structure.objects.filter(sector=Sector.PUBLIQUE)
        rows = filtered(request, public, form, "name_key")
    context = {
        "filters": form,
        "rows": rows,
        "found": found,
        "words": found.words if found else (),
        "most": MOST,
        "export": request.GET.urlencode(),
        "files": latest(),
    }
    return _kept(request, render(request, "services/directory.html", context))


@require_safe
def structure(request: HttpRequest, type_name: str, identifier: str) -> HttpResponse:
    """One public structure: what to write on an invoice for it."""
    shown, at = public_structure(type_name, identifier), timezone.now()
    if not shown.is_active and (latest := shown.latest()) != shown:
        return _kept(request, redirect(latest.directory_url, permanent=True))
    services = list(Service.objects.filter(structure=shown, deleted_at=None).order_by("code", "pk"))
    for service in services:
        service.shown_state = service.state(at)
    lines = {line.code: line for line in lines_of(shown, services, at=at)}
    for service in services:
        service.line = lines.get(service.code)
    active = [one for one in services if one.shown_state == ServiceState.ACTIF]
    context = {
        "structure": shown,
        "line": lines.get(""),
        "active": active,
        "starting": [one for one in services if at < one.active_from <= at + SOON],
        "ending": [one for one in active if one.active_until and one.active_until <= at + SOON],
        "must_name": [one.code for one in active if one.engagement_required],
        "reserved": DEFAULT_CODE,
        "data": _described(shown),
    }
    return _kept(request, render(request, "services/directory_structure.html", context))


def public_structure(type_name: str, identifier: str) -> Structure:
    """The public structure that an address of the directory names.

    :raises Http404: none, or a private one.
    """
    if type_name not in TYPES:
        raise Http404
    public = Structure.objects.filter(sector=Sector.PUBLIQUE, identifier_type=TYPES[type_name])
    return get_object_or_404(public, identifier=identifier)


def _page(found: Found, form: DirectoryForm, asked: str) -> Page:
    """A page of what was found, which is bounded: its number stands in the address."""
    page = Paginator(found.ids, SIZE).get_page(asked)

    def address(number: int) -> str:
        return f"?{urlencode({**form.kept, 'page': number})}"

    return Page(
        rows=of(Structure.objects.all(), list(page.object_list)),
        previous=address(page.previous_page_number()) if page.has_previous() else None,
        next=address(page.next_page_number()) if page.has_next() else None,
    )


def _described(shown: Structure) -> dict:
    """The structure in the words of schema.org, for search engines."""
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "name": shown.name,
        "identifier": shown.identifier,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": shown.address,
            "postalCode": shown.postal_code,
            "addressLocality": shown.city,
            "addressCountry": shown.country,
        },
    }
