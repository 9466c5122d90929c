"""A proof that the owner is at the keyboard, asked again before what matters (security, 7.5.1).

allauth's own is not enough: it asks nothing of who has no password, and one factor of who has two.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import lead_to
from chorus_org.kernel.common.typed import PROVED, keep, typed
from users.forms.second_factor import CodeForm, PasswordForm
from users.login.allauth_private import compare_user_code, get_authentication_records, record_authentication
from users.operations.second_factor.codes import CodeRefused, send_code, spend_code
from users.second_factor import has_factor
from users.views.second_factor.codes import SENT, ask_factor, judge

FRESH = timedelta(minutes=5)
LIFETIME = timedelta(minutes=10)
CODE = "proof_code"  # what was sent, and when, in the session


def recently_proved(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view, and each of its POSTs, for who gave what the login asks less than five minutes ago, then or since."""
    return _guarded(view, None)


def recently_proved_from(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """As above, for a button: the proof leads back to the page where it stands.

    :param page: the name of that page.
    """
    return partial(_guarded, page=page)


def _guarded(view: Callable[..., HttpResponse], page: str | None) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not missing(request):
            return view(request, *args, **kwargs)
        if not keep(request, PROVED) and request.method == "POST":
            messages.warning(request, "Rien n’est encore fait. Confirmez que c’est vous, puis recommencez.")
        proof = reverse("account_reauthenticate", query={"next": reverse(page) if page else request.path})
        return lead_to(request, proof)

    return guarded


def missing(request: HttpRequest) -> str:
    """What was not proved in the last five minutes: « password », then « mfa » or « code »; or nothing.

    What the login asks is asked again; who has no password proves by a code at least (domain, 2.9; security, 7.5.1).
    """
    user, asked = request.user, []
    if user.has_usable_password():
        asked.append("password")
    if has_factor(user):
        asked.append("mfa")
    elif settings.SECOND_FACTOR_REQUIRED or not asked:
        asked.append("code")
    since = (timezone.now() - FRESH).timestamp()
    proved = {record["method"] for record in get_authentication_records(request, user) if record["at"] > since}
    return next((method for method in asked if method not in proved), "")


# Tries are counted for good, as at the login
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """« Confirmez que c’est vous »: the password, then a code; one page for each that is missing."""
    method = missing(request)
    if not method:
        return go_on(request)
    if method == "code" and request.POST.get("action") == "resend":
        return send(request)
    context, status = PROOFS[method](request)
    if not status:
        request.session.cycle_key()
        return go_on(request)
    context |= {"by_mail": method == "code", "email": request.user.email}
    return render(request, "users/second_factor/reauthenticate.html", context, status=status)


def go_on(request: HttpRequest) -> HttpResponse:
    """After a proof: the next one, or the page that asked for them."""
    method = missing(request)
    if method == "code":
        return send(request)
    return redirect(request.get_full_path() if method else get_next_redirect_url(request) or "home")


def by_password(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """What the page shows, and its status; 0 once the password is given."""
    form = PasswordForm(typed(request))
    if not form.is_valid():
        return {"form": form}, 422 if form.is_bound else 200
    try:
        owner = get_adapter().authenticate(request, email=request.user.email, password=form.cleaned_data["password"])
    except ValidationError as locked:
        form.add_error(None, locked)
        return {"form": form}, 429
    if owner != request.user:
        form.add_error("password", "Ce n’est pas le mot de passe de votre compte. Saisissez-le de nouveau.")
        return {"form": form}, 422
    record_authentication(request, request.user, method="password", reauthenticated=True)
    return {}, 0


def by_factor(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """As above, with a key, the code of the application, or a recovery code."""
    return ask_factor(request, request.user, again=True)


def by_mail(request: HttpRequest) -> tuple[dict[str, Any], int]:
    """As above, with a code that came by mail."""
    form = CodeForm(typed(request))
    if not form.is_bound:
        return {"form": form}, 200
    sent, at = request.session.get(CODE, {}), timezone.now()
    expected = sent["code"] if sent and at.timestamp() - sent["at"] <= LIFETIME.total_seconds() else ""

    def is_right(code: str) -> bool:
        return compare_user_code(actual=code, expected=expected) and spend_code(user=request.user, code=code, at=at)

    status = judge(request, form, request.user, is_right)
    if not status:
        del request.session[CODE]
        record_authentication(request, request.user, method="code", reauthenticated=True)
    return {"form": form}, status


def send(request: HttpRequest) -> HttpResponse:
    """Send a code by mail, and show the page that waits for it."""
    at = timezone.now()
    try:
        request.session[CODE] = {"code": send_code(user=request.user, at=at, proof=True), "at": at.timestamp()}
        messages.success(request, SENT)
    except CodeRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect(request.get_full_path())


PROOFS = {"password": by_password, "mfa": by_factor, "code": by_mail}
