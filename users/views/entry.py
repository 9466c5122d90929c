"""What the pages that lead to a session share."""

from allauth.account.adapter import get_adapter
from allauth.account.models import Login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from chorus_org.kernel.common.forms import Form
from users.login.allauth_private import perform_password_login
from users.login.security import client_address, log
from users.models import AccountRequest, AskedFor, User
from users.operations.requests import ask


def noted(request: HttpRequest, form: Form, asked_for: AskedFor) -> AccountRequest | None:
    """What the form asks about an address, once it is noted; none where it cannot be."""
    form.submit(ask, asked_for=asked_for, address=client_address(request), at=timezone.now())
    if form.until:
        log("request.limit_locked", request)
    return form.made


def check_password(request: HttpRequest, password: str) -> None:
    """Look at the password of the person logged in; a wrong one counts in the lock of logins.

    :raises ValidationError: it is wrong, or too many were (its code is « locked »).
    """
    if get_adapter().authenticate(request, email=request.user.email, password=password) != request.user:
        raise ValidationError("Ce n’est pas votre mot de passe actuel. Saisissez-le de nouveau.", code="wrong")


def enter(request: HttpRequest, user: User, *, then: str) -> HttpResponse:
    """Go on to the session of a person who has just chosen their password: the second factor comes first."""
    login = Login(user=user, email=user.email, redirect_url=reverse(then))
    return perform_password_login(request, {"email": user.email}, login)
