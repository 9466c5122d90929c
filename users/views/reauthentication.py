"""A proof that the owner is at the keyboard, asked again before what matters (security, 7.5.1).

allauth's own is not enough: it asks nothing of who has no password.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.cryptokit import compare_user_code
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from users.forms.second_factor import ApplicationForm, CodeForm, PasswordForm
from users.operations.second_factor import CodeRefused, send_code, spend_code
from users.second_factor import has_application
from users.views.second_factor import SENT, judge, of_application

FRESH = timedelta(minutes=5)
LIFETIME = timedelta(minutes=10)
CODE = "proof_code"  # what was sent, and when, in the session of who has no password


def recently_proved(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view, and each of its POSTs, for who proved to be the owner less than five minutes ago, by login or again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_recently_proved(request):
            return view(request, *args, **kwargs)
        page = reverse("account_reauthenticate", query={"next": request.path})
        return HttpResponseClientRedirect(page) if request.htmx else redirect(page)

    return guarded


def is_recently_proved(request: HttpRequest) -> bool:
    """Whether the session remembers a password, or a code where there is no password, of the last five minutes."""
    accepted = {"password"} if request.user.has_usable_password() else {"code", "mfa"}
    records = get_authentication_records(request, request.user)
    since = (timezone.now() - FRESH).timestamp()
    return any(record["method"] in accepted and record["at"] > since for record in records)


# Tries are counted for good, as at the login
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """« Confirmez que c’est vous »: the password, or a code where there is none."""
    if request.user.has_usable_password():
        form, prove = PasswordForm, by_password
    elif has_application(request.user):
        form, prove = ApplicationForm, by_application
    elif request.POST.get("action") == "resend":
        return send(request)
    else:
        form, prove = CodeForm, by_mail
    form, status = form(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = prove(request, form)
        if not status:
            request.session.cycle_key()
            return redirect(get_next_redirect_url(request) or "home")
    context = {"form": form, "by_mail": prove is by_mail, "email": request.user.email}
    return render(request, "users/second_factor/reauthenticate.html", context, status=status)


def by_password(request: HttpRequest, form: PasswordForm) -> int:
    if not form.is_valid():
        return 422
    try:
        owner = get_adapter().authenticate(request, email=request.user.email, password=form.cleaned_data["password"])
    except ValidationError as locked:
        form.add_error(None, locked)
        return 429
    if owner != request.user:
        form.add_error("password", "Ce n’est pas le mot de passe de votre compte. Saisissez-le de nouveau.")
        return 422
    record_authentication(request, request.user, method="password", reauthenticated=True)
    return 0


def by_application(request: HttpRequest, form: ApplicationForm) -> int:
    return judge(request, form, request.user, lambda code: of_application(request, request.user, code, again=True))


def by_mail(request: HttpRequest, form: CodeForm) -> int:
    sent, at = request.session.get(CODE, {}), timezone.now()
    expected = sent["code"] if sent and at.timestamp() - sent["at"] <= LIFETIME.total_seconds() else ""

    def is_right(code: str) -> bool:
        return compare_user_code(actual=code, expected=expected) and spend_code(user=request.user, code=code, at=at)

    status = judge(request, form, request.user, is_right)
    if not status:
        del request.session[CODE]
        record_authentication(request, request.user, method="code", reauthenticated=True)
    return status


def send(request: HttpRequest) -> HttpResponse:
    """Send a code to who has no password."""
    at = timezone.now()
    try:
        request.session[CODE] = {"code": send_code(user=request.user, at=at, proof=True), "at": at.timestamp()}
        messages.success(request, SENT)
    except CodeRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect(request.get_full_path())
