"""What search engines are told of: the pages of the directory, and where the others are (sitemaps.org)."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from structures.enums import Sector
from structures.models import Structure

A_FILE = 10_000  # addresses in one file
CLOSED = ("/mon-compte/", "/organisation/structures/", "/organisation/utilisateurs/", "/approbations/", "/admin/")


class DirectorySitemap(Sitemap):
    limit = A_FILE

    def items(self) -> QuerySet:
        public = Structure.objects.filter(sector=Sector.PUBLIQUE, is_active=True)
        return public.only("identifier", "identifier_type").order_by("pk")

    def location(self, item: Structure) -> str:
        return item.directory_url


SITEMAPS: dict[str, Any] = {"annuaire": DirectorySitemap}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may read, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap_index'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
