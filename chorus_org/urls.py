"""Every address of the portal. Paths are French and stable, names English; public pages: `settings.PUBLIC_PAGES`."""

from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.answers import static_page
from chorus_org.portal.views import errors, health, pages
from habilitations.views import people
from services.directory import sitemaps

urlpatterns = [
    path("", pages.home, name="home"),
    path("domaines/<slug:name>/", pages.domain, name="domain"),
    path("donnees-personnelles/", static_page("portal/privacy.html"), name="privacy"),
    path("mentions-legales/conditions/", static_page("portal/terms.html"), name="terms"),
    path("organisation/", pages.organisation, name="organisation"),
    path("organisation/structures/services/", include("services.urls")),
    path("organisation/structures/services/", include("habilitations.urls.services")),
    path("organisation/structures/", include("habilitations.urls.structures")),
    path("annuaire/", include("services.directory.urls")),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(
        "sitemap.xml",
        require_safe(index),
        {"sitemaps": sitemaps.SITEMAPS, "sitemap_url_name": "sitemap"},
        name="sitemap_index",
    ),
    path("sitemap-<section>.xml", require_safe(sitemap), {"sitemaps": sitemaps.SITEMAPS}, name="sitemap"),
    path("approbations/", include("habilitations.urls.approvals")),
    path("organisation/utilisateurs/", people.tiles, name="users"),
    path("organisation/utilisateurs/", include("habilitations.urls.people")),
    path("mon-compte/", include("habilitations.urls.mine")),
    path("comptes/invitation/", include("habilitations.urls.invitations")),
    path("", include("chorus_org.information.urls")),
    path("", include("chorus_org.leaving.urls")),
    path("", include("users.urls")),
    path("admin/", admin.site.urls),
    path("sante/vivant/", health.live, name="health_live"),
    path("sante/pret/", health.ready, name="health_ready"),
]
if settings.DEMO:
    urlpatterns += [path("", include("chorus_org.demo.urls"))]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
