"""« Double authentification »: what gives the codes, and the recovery codes."""

import hashlib
from collections.abc import Callable
from functools import partial

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import done, question
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.typed import typed
from users.forms.second_factor import SquareForm
from users.login.allauth_private import validate_totp_code
from users.operations.second_factor.codes import spend_code
from users.operations.second_factor.factors import (
    FactorRefused,
    add_application,
    make_recovery_codes,
    remove_application,
)
from users.second_factor import has_application, has_factor, must_enrol, squares
from users.second_factor.qr import Square
from users.views.reauthentication import recently_proved

WAY = ("Mon compte", "account", "Double authentification", "mfa_index")
NO_MORE = "Elle n’ouvrira plus rien, et vos autres sessions seront fermées."


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What gives the codes, and what to do about it."""
    kept = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    of_type = {one.type: one for one in kept}
    recovery = of_type.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "application": of_type.get(Authenticator.Type.TOTP),
        "keys": [one for one in kept if one.type == Authenticator.Type.WEBAUTHN],
        "has_factor": has_factor(request.user),
        "codes_left": len(recovery.data["hashes"]) if recovery else 0,
        "by_mail": settings.SECOND_FACTOR_REQUIRED,
        "must_enrol": must_enrol(request.user),
    }
    return render(request, "users/second_factor/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def activate(request: HttpRequest) -> HttpResponse:
    """Add an application: it reads the square, and a first code proves that it did; recovery codes follow."""
    if has_application(request.user):
        return redirect("mfa_index")
    form = SquareForm(typed(request))
    at = timezone.now()
    secrets = squares.living(request.session, at=at)
    if form.is_valid():
        code = form.cleaned_data["code"]
        read = next((secret for secret in secrets if validate_totp_code(secret, code)), None)
        if read and spend_code(user=request.user, code=code, at=at):
            return enrol(request, read)
        form.add_error("code", ValidationError(form.wrong, code="wrong"))
    last = secrets[0] if form.is_bound and secrets else squares.new_secret(request.session, at=at)
    secret = next((each for each in secrets if square_id(each) == form["square"].value()), last)
    form.stand_beside(square_id(secret))
    context = {
        "form": form,
        "square": Square(get_adapter().build_totp_url(request.user, secret)),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "must_enrol": must_enrol(request.user),
    }
    return render(request, "users/second_factor/activate.html", context, status=422 if form.errors else 200)


def enrol(request: HttpRequest, secret: str) -> HttpResponse:
    add = partial(add_application, secret=secret)
    answer = added(request, add)
    squares.forget(request.session)
    return answer


def square_id(secret: str) -> str:
    """What a page says of the square that it shows, so that a refused code leaves it there."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


def added(request: HttpRequest, add: Callable[..., None]) -> HttpResponse:
    """Add a factor under a new session id; the first one brings recovery codes, on this answer and nowhere else."""
    is_first, at = not has_factor(request.user), timezone.now()
    request.session.cycle_key()
    try:
        add(user_id=request.user.pk, session=request.session.session_key, at=at)
    except FactorRefused as refusal:  # at the same time, in another tab
        messages.warning(request, str(refusal))
        return redirect("mfa_index")
    if not is_first:
        messages.success(request, "C’est ajouté. Vos autres sessions sont fermées.")
        return redirect("mfa_index")
    codes = make_recovery_codes(user_id=request.user.pk, at=at)
    return render(request, "users/second_factor/recovery_codes.html", {"codes": codes, "added": True})


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def deactivate(request: HttpRequest) -> HttpResponse:
    """Remove the application, after a page that says what follows."""
    form = Form(typed(request))
    if removed(request, form, remove_application):
        return done(request, "L’application ne donne plus vos codes.", "mfa_index")
    by_mail = ", et le code de vos prochaines connexions arrivera par courriel" * settings.SECOND_FACTOR_REQUIRED
    return question(
        request,
        form,
        title="Retirer l’application\u00a0?",
        lines=[NO_MORE, f"Si aucune clé ne la remplace, vos codes de secours sont effacés avec elle{by_mail}."],
        submit="Retirer l’application",
        way=WAY,
        bad=True,
    )


def removed(request: HttpRequest, form: Form, remove: Callable[..., None], **which: int) -> bool:
    """Whether a factor was removed, as the form asked, under a new session id."""
    if form.is_bound:
        request.session.cycle_key()
    mine = {"user_id": request.user.pk, "session": request.session.session_key}
    return form.submit(remove, at=timezone.now(), **mine, **which)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, on the answer to the POST and nowhere else."""
    if not has_factor(request.user):
        return redirect("mfa_index")
    codes = make_recovery_codes(user_id=request.user.pk, at=timezone.now()) if request.method == "POST" else []
    return render(request, "users/second_factor/recovery_codes.html", {"codes": codes})
