"""Error pages: what happened and what to do next, in the portal's look, also when the database is down."""

import sys
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from chorus_org.kernel.common.answers import lead_to
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import LOGGED_IN_AGAIN, keep
from chorus_org.portal.context_processors import Shell
from users.login.security import log


@dataclass(frozen=True)
class Error:
    title: str
    what: str
    next: str


ERRORS = {
    400: Error(
        "Votre demande n’a pas pu être lue",
        "Elle est trop volumineuse, ou écrite d’une façon que ce site ne lit pas. Rien n’a été enregistré.",
        "Revenez en arrière, raccourcissez ce que vous avez saisi, puis recommencez.",
    ),
    403: Error(
        "Vous ne pouvez pas faire cela",
        "Cette page existe, mais vos profils ne vous permettent pas de l’utiliser.",
        "Si vous en avez besoin, demandez le profil à la personne qui gère votre structure.",
    ),
    404: Error(
        "Cette page n’existe pas",
        "L’adresse est incomplète, la page a été retirée, ou elle n’est pas de celles que vous pouvez voir.",
        "Vérifiez l’adresse, ou repartez de l’accueil.",
    ),
    415: Error(
        "Votre demande n’a pas pu être lue",
        "Ce site lit ce qu’envoient ses formulaires, et rien d’autre. Rien n’a été enregistré.",
        "Revenez à la page du formulaire, puis envoyez-la de nouveau.",
    ),
    500: Error(
        "Une erreur s’est produite de notre côté",
        "La page n’a pas pu être préparée. Rien n’a été enregistré.",
        "Recommencez dans un moment. Si l’erreur revient, signalez-la avec l’heure et ce que vous faisiez.",
    ),
    503: Error(
        "Le portail est momentanément indisponible",
        "Il revient de lui-même. Ce que vous aviez envoyé et vu confirmé est conservé.",
        "Rechargez la page dans une minute.",
    ),
}


STALE = Error(
    "Cette page n’est plus à jour",
    "Elle est restée ouverte trop longtemps, ou votre navigateur refuse les cookies. Rien n’a été enregistré.",
    "Revenez en arrière, rechargez-la et recommencez.",
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return bare(400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that one may know of, but not use: it says who may."""
    log("page.refused", request, account=request.user)
    who = str(exception) if isinstance(exception, NotAllowed) else ""
    return render(request, "portal/error.html", {"error": ERRORS[403], "who": who}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "portal/error.html", {"error": ERRORS[404]}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A defect of ours, or a database that does not answer: the latter passes, and says so."""
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        response = bare(503)
        response.headers["Retry-After"] = "60"
        return response
    return bare(500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: it says nothing of what the person may do.

    What came from a page older than the login is kept: it waits in its form.
    """
    log("form.token_refused", request)
    if request.user.is_authenticated and keep(request, LOGGED_IN_AGAIN):
        return lead_to(request, request.get_full_path())
    return render(request, "portal/error.html", {"error": STALE}, status=403)


def bare(status: int) -> HttpResponse:
    """A page that needs nothing of the request: no person, no session, no query."""
    context = {"error": ERRORS[status], "shell": Shell(), "documentation": "/documentation/"}
    return HttpResponse(render_to_string("portal/error.html", context), status=status)
