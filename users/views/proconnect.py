"""« S’identifier avec ProConnect », a second door (domain, 11)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from users.login import proconnect
from users.login.allauth_private import perform_login, record_authentication
from users.login.proconnect import GIVEN, Given, ProConnectRefused
from users.login.security import log
from users.models import Identity
from users.operations.proconnect import IdentityRefused, link_identity, unlink_identity
from users.views.reauthentication import recently_proved

NEXT = "proconnect_next"  # the page that the session keeps for afterwards


def while_open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that exists only where the door is open; what ProConnect refuses is its page."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not proconnect.is_open():
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except ProConnectRefused as refusal:
            log("login.proconnect_refused", request, status=refusal.status)
            return _refused(request, str(refusal), refusal.status)

    return opened


@require_POST
@while_open
def start(request: HttpRequest) -> HttpResponse:
    """Go to ProConnect."""
    request.session[NEXT] = get_next_redirect_url(request) or reverse("home")
    return lead_to_proconnect(request, proconnect.begin(request))


def lead_to_proconnect(request: HttpRequest, address: str) -> HttpResponse:
    """A page that leads there at once.

    Chromium holds to `form-action` each step that follows a form, and ProConnect leads on to the agent's own provider,
    which nobody knows beforehand: a page in between ends what the form began.
    """
    response = render(request, "users/proconnect/way.html", {"address": address})
    response.headers["Refresh"] = f"0; url={address}"
    return response


@require_safe
@while_open
def come_back(request: HttpRequest) -> HttpResponse:
    """Come back from ProConnect: who is known goes on to the login, who is not says whether they have an account."""
    given = proconnect.finish(request)
    known = Identity.objects.filter(issuer=given.issuer, subject=given.subject).select_related("user").first()
    if request.user.is_authenticated or known is None:
        given.keep(request, at=timezone.now())
        return redirect("account_proconnect" if request.user.is_authenticated else "proconnect_first")
    if not known.user.is_active:
        return _refused(request, f"{known.user.state_sentence} ProConnect ne peut pas l’ouvrir.", 403)
    log("login.proconnect_accepted", request, account=known.user)
    record_authentication(request, known.user, method="proconnect")
    login = Login(user=known.user, email=known.user.email, redirect_url=request.session.pop(NEXT, reverse("home")))
    return perform_login(request, login)


@require_safe
@while_open
def first(request: HttpRequest) -> HttpResponse:
    """« Première connexion avec ProConnect »: the same page whether the address has an account or not."""
    given = Given.kept(request, at=timezone.now())
    if given is None:
        return redirect("account_login")
    login = reverse("account_login", query={"next": reverse("account_proconnect")})
    return render(request, "users/proconnect/first.html", {"given": given, "login_url": login})


@require_http_methods(["GET", "HEAD", "POST"])
@while_open
@recently_proved
def account(request: HttpRequest) -> HttpResponse:
    """Link one's account, having logged in to it, and unlink it."""
    at = timezone.now()
    given = Given.kept(request, at=at)
    try:
        if request.POST.get("action") == "link" and given:
            names = {"issuer": given.issuer, "subject": given.subject, "siret": given.siret}
            link_identity(by=request.user, at=at, **names)
            del request.session[GIVEN]
            messages.success(request, "Votre compte est relié à ProConnect")
            return redirect("account_proconnect")
        if request.POST.get("action") == "unlink":
            unlink_identity(by=request.user, at=at)
            messages.success(request, "Votre compte n’est plus relié à ProConnect")
            return redirect("account_proconnect")
    except IdentityRefused as refusal:
        return _account(request, given, refusal)
    return _account(request, given)


def _account(request: HttpRequest, given: Given | None, refusal: IdentityRefused | None = None) -> HttpResponse:
    context = {"identity": Identity.objects.filter(user=request.user).first(), "given": given, "refusal": refusal}
    return render(request, "users/proconnect/account.html", context, status=409 if refusal else 200)


def _refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "users/proconnect/refused.html", {"sentence": sentence}, status=status)
