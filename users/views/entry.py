"""What the pages that lead to a session share."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from chorus_org.common.forms import Form
from users.forms.creation import MailboxForm
from users.models import AccountRequest, AskedFor, User
from users.operations.requests import ask


def client_address(request: HttpRequest) -> str:
    """The network address of the visitor, behind as many proxies as the settings trust."""
    return get_adapter().get_client_ip(request)


def noted(request: HttpRequest, form: Form, asked_for: AskedFor) -> AccountRequest | None:
    """What the form asks about an address, once it is noted; none where it cannot be."""
    return form.accepted(ask, asked_for=asked_for, address=client_address(request), at=timezone.now())


def check_password(request: HttpRequest, password: str) -> None:
    """Look at the password of the person logged in; a wrong one counts in the lock of logins.

    :raises ValidationError: it is wrong, or too many were (its code is « locked »).
    """
    if get_adapter().authenticate(request, email=request.user.email, password=password) != request.user:
        raise ValidationError("Ce n’est pas votre mot de passe actuel. Saisissez-le de nouveau.", code="wrong")


def lapsed(request: HttpRequest, again: str) -> HttpResponse:
    """The page of a link that opens nothing (410), where a new one can be asked for.

    :param again: the name of the page that sends one.
    """
    context = {"form": MailboxForm(), "action": reverse(again)}
    return render(request, "users/link_lapsed.html", context, status=410)


def dead_link(request: HttpRequest, again: str, label: str, why: str = "") -> HttpResponse:
    """The page of a link that changes nothing (410, or 409 with the reason), and where to go instead.

    :param again: the name of that page; :param label: what it is for.
    """
    context = {"again": reverse(again), "label": label, "why": why}
    return render(request, "users/link_dead.html", context, status=409 if why else 410)


def enter(request: HttpRequest, user: User, *, then: str) -> HttpResponse:
    """Go on to the session of a person who has just chosen their password: the second factor comes first."""
    login = Login(user=user, email=user.email, redirect_url=reverse(then))
    return perform_password_login(request, {"email": user.email}, login)
