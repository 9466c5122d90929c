"""After the password: a code by mail, or what a factor gives. Nobody is logged in before it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.typed import typed
from users import notifications
from users.adapters import LoginByCodeStage, is_as_it_was
from users.forms.second_factor import ApplicationForm, CodeForm, KeyForm
from users.login.allauth_private import (
    LoginCodeVerificationProcess,
    compare_user_code,
    login_stage_required,
    post_authentication,
)
from users.login.limits import from_moment
from users.login.security import client_address, log
from users.models import User
from users.operations import login
from users.operations.second_factor.codes import CodeRefused, send_code, spend_code
from users.operations.second_factor.factors import spend_recovery_code, use_key
from users.second_factor import has_application, has_key, keys

OVER = "Trop de codes faux\u00a0: cette connexion est abandonnée. Revenez à la page de connexion."
LAPSED = "Le code a expiré\u00a0: il vaut 10 minutes. Connectez-vous de nouveau pour en recevoir un autre."
CHANGED = "Votre compte a changé pendant cette connexion. Connectez-vous de nouveau."
SENT = "Un nouveau code vient de partir\u00a0; il annule le précédent."


def stage_of(stage: type[LoginStage]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page of a login under way, which ends where the account has changed since its password was given."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_stage_required(stage=stage.key, redirect_urlname="account_login")
        @wraps(view)
        def unchanged(request: HttpRequest) -> HttpResponse:
            if is_as_it_was(request, request._login_stage.login.user):
                return view(request)
            messages.warning(request, CHANGED)
            return request._login_stage.abort()

        return unchanged

    return decorate


# Each try is counted for good before the code is looked at, as at the login
@transaction.non_atomic_requests
@stage_of(LoginByCodeStage)
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code by mail."""
    process = LoginCodeVerificationProcess.resume(request._login_stage)
    if process is None:
        messages.warning(request, LAPSED)
        return redirect("account_login")
    action = request.POST.get("action")
    if action == "cancel":
        return process.stage.abort()
    if action == "resend":
        return resend(request, process)
    form, status = CodeForm(typed(request)), 200
    if form.is_bound:
        status = judge(request, form, process.user, lambda code: is_the_one_sent(process, code))
        if not status:
            return process.finish(None)
    over = form.has_error("code", "wrong") and not process.record_invalid_attempt()
    if over:
        form, status = CodeForm(), 429
    context = {"form": form, "email": process.user.email, "sent": process.code, "over": over, "refusal": over and OVER}
    return render(request, "users/second_factor/code.html", context, status=status)


def resend(request: HttpRequest, process: LoginCodeVerificationProcess) -> HttpResponse:
    """Send another code, which lives ten minutes in its turn."""
    try:
        code = send_code(user=process.user, at=timezone.now())
    except CodeRefused as refusal:
        context = {
            "form": CodeForm(),
            "email": process.user.email,
            "sent": process.code,
            "over": False,
            "refusal": refusal,
        }
        return render(request, "users/second_factor/code.html", context, status=429)
    process.state.update(code=code, at=timezone.now().timestamp())
    process.persist()
    messages.success(request, SENT)
    return redirect("account_confirm_login_code")


@transaction.non_atomic_requests
@stage_of(AuthenticateStage)
@require_http_methods(["GET", "HEAD", "POST"])
def authenticate(request: HttpRequest) -> HttpResponse:
    """A key, the code of the application, or a recovery code."""
    stage = request._login_stage
    if request.POST.get("action") == "cancel":
        return stage.abort()
    context, status = ask_factor(request, stage.login.user)
    if not status:
        return stage.exit()
    return render(request, "users/second_factor/authenticate.html", context, status=status)


def ask_factor(request: HttpRequest, user: User, *, again: bool = False) -> tuple[dict[str, Any], int]:
    """What a page that asks for a factor shows, and its status; 0 once it is given, which the session remembers.

    :param again: the person is logged in already, and proves it once more.
    """
    data = typed(request)
    by_key = data is not None and "answer" in data
    form = ApplicationForm(None if by_key else data, with_application=has_application(user))
    key_form = KeyForm(data if by_key else None)
    status = 200
    if by_key:
        status = judge(request, key_form, user, lambda answer: of_key(request, user, answer, again=again))
    elif data is not None:
        status = judge(request, form, user, lambda code: of_application(request, user, code, again=again))
    context = {"form": form, "sent": key_form if by_key else form}
    if status and has_key(user):
        context["options"] = keys.request_options(user)
    return context, status


def judge(request: HttpRequest, form: Any, user: User, is_right: Callable[[Any], Any]) -> int:
    """Count the try, then look at the proof; give the status of the page that refuses it (0: it is right)."""
    if not form.is_valid():
        return 422
    tried = {"email": user.email, "address": client_address(request), "step": login.Step.CODE}
    try:
        locked_until = login.count_try(**tried, at=(at := timezone.now()))
    except login.LoginRefused as refusal:
        log("login.factor_locked", request, account=user, factor=form.proof)
        form.refuse(refusal)
        return 429
    if not is_right(form.cleaned_data[form.proof]):
        log("login.factor_refused", request, account=user, factor=form.proof)
        if locked_until:
            notifications.codes_locked(user, until=from_moment(locked_until, at=at), at=at)
        seen = not form.fields[form.proof].widget.is_hidden
        form.add_error(form.proof if seen else None, ValidationError(form.wrong, code="wrong"))
        return 422
    log("login.factor_accepted", request, account=user, factor=form.proof)
    login.forget_try(**tried)
    return 0


def is_the_one_sent(process: LoginCodeVerificationProcess, code: str) -> bool:
    right = compare_user_code(actual=code, expected=process.code)
    return right and spend_code(user=process.user, code=code, at=timezone.now())


def of_application(request: HttpRequest, user: User, code: str, *, again: bool) -> bool:
    """Whether the application shows this code, or a recovery code is struck off."""
    at = timezone.now()
    if len(code) == 6:
        used = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        if not (used and used.wrap().validate_code(code) and spend_code(user=user, code=code, at=at)):
            return False
    else:
        used = spend_recovery_code(user_id=user.pk, code=code, at=at)
        if used is None:
            return False
    post_authentication(request, used, reauthenticated=again)
    return True


def of_key(request: HttpRequest, user: User, answer: dict[str, Any], *, again: bool) -> bool:
    """Whether a key of the account answered the challenge."""
    found = keys.answered(user, answer)
    if found is None:
        return False
    key, counter = found
    if not use_key(user_id=user.pk, key_id=key.pk, counter=counter, at=timezone.now()):
        return False
    post_authentication(request, key, reauthenticated=again)
    return True
