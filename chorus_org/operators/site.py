"""« Exploitation »: where the staff of the platform look, and act through operations; no right in the portal."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from chorus_org.kernel.common.admin import EMPTY, ReadOnlyAdmin
from chorus_org.kernel.common.refusals import NotAllowed
from users.second_factor import must_enrol
from users.views.login import LogoutView

WHO_MAY_ENTER = "Cette partie du site est réservée aux exploitants de la plateforme."

# A second door to passwords, and pages that nothing here leads to
LEFT_OUT = {"password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"}

# From people and structures, which one looks for first, to what follows from them
ORDER = (
    "User",
    "Structure",
    "Service",
    "Attachment",
    "ApprovalRequest",
    "Invitation",
    "Proposal",
    "StructureHabilitation",
    "ServiceHabilitation",
    "PublishedFile",
    "Ticket",
    "News",
    "Mail",
    "Event",
)


class OperatorSite(AdminSite):
    site_title = site_header = "Exploitation – Chorus Organisation"
    index_title = "Exploitation"
    empty_value_display = EMPTY
    final_catch_all_view = False
    index_template = "operators/index.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take what can only be read; what libraries bring (groups, addresses of allauth) is left out."""
        if admin_class and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """The pages that operators use; a visitor of any of them goes straight to the portal's login."""
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]
        for view in (getattr(url, "callback", None) for url in urls):
            if hasattr(view, "login_url"):
                view.login_url = settings.LOGIN_URL
        return urls

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=_rank)
        return sorted(apps, key=lambda app: _rank(app["models"][0]))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """No page for each app: the first one lists them all."""
        return redirect("admin:index")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """A page for operators: whoever else is logged in reads whose it is (403).

        An operator who has only the mailbox adds an application first (security, ruling 5).
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def operators_only(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise NotAllowed(WHO_MAY_ENTER)
            if request.user.is_authenticated and must_enrol(request.user):
                return redirect("mfa_activate_totp")
            return guarded(request, *args, **kwargs)

        return operators_only

    @method_decorator(secure_admin_login)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send a visitor to the portal's login, an operator who is in to the first page: no password is read here."""
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Leave as one leaves the portal."""
        return LogoutView.as_view()(request)


def _rank(model: dict[str, Any]) -> int:
    return ORDER.index(model["object_name"])
