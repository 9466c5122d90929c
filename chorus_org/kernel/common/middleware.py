"""What holds for every answer."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from chorus_org.kernel.common.typed import SESSION_OVER, keep

KEPT_FOR_NOW = "Votre session a pris fin. Connectez-vous\u00a0: ce que vous aviez saisi vous attend 30 minutes."


class LoginRequiredMiddleware(middleware.LoginRequiredMiddleware):
    """Every page asks for a session, but those that `settings.PUBLIC_PAGES` names.

    A request of htmx whose session is over is sent to the login page as a whole page, and comes back to where it was;
    what a form brought is kept meanwhile, and leads back to the form.
    """

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if request.resolver_match and request.resolver_match.view_name in settings.PUBLIC_PAGES:
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:
        kept = keep(request, SESSION_OVER)
        if kept:
            messages.warning(request, KEPT_FOR_NOW)
        if not request.htmx:
            return super().handle_no_permission(request, view_func)
        back = request.path if kept else _stood_on(request) or request.path
        return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL) + "?" + urlencode({"next": back}))


def _stood_on(request: HttpRequest) -> str | None:
    """The page of this site that htmx says it stood on."""
    with suppress(ValueError):  # what is no address
        return request.htmx.current_url_abs_path
    return None


class WholeRequestMiddleware:
    """Take in, and drop, what no view read of a request: a browser shows no answer before its last byte is sent."""

    limit, chunk = 32 * 2**20, 2**16

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        with suppress(UnreadablePostError):
            for _ in range(self.limit // self.chunk):
                if not request.read(self.chunk):
                    break
        return response


class NoStoreMiddleware:
    """No page is kept by a cache or by the browser's history: each shows who is logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response
