"""Error pages: what happened and what to do next, in the portal's look, also when the database is down."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from chorus_org.common.refusals import NotAllowed


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _bare(400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that one may know of, but not use: it says who may."""
    who = str(exception) if isinstance(exception, NotAllowed) else ""
    return render(request, "errors/403.html", {"who": who}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect of ours, or a database that does not answer: the latter passes, and says so."""
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        response = _bare(503)
        response.headers["Retry-After"] = "60"
        return response
    return _bare(500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    who = "La page est restée ouverte trop longtemps, ou votre navigateur refuse les cookies. Revenez en arrière, rechargez-la et recommencez."
    return permission_denied(request, NotAllowed(who))


def _bare(status: int) -> HttpResponse:
    """A page without anything of the request: no person, no session, no query."""
    return HttpResponse(render_to_string(f"errors/{status}.html"), status=status)
