"""What the pages that lead to a session share."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
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


def lapsed(request: HttpRequest, again: str) -> HttpResponse:
    """The page of a link that opens nothing (410), where a new one can be asked for.

    :param again: the name of the page that sends one.
    """
    context = {"form": MailboxForm(), "action": reverse(again)}
    return render(request, "users/link_lapsed.html", context, status=410)


def enter(request: HttpRequest, user: User, *, then: str) -> HttpResponse:
    """Go on to the session of a person who has just chosen their password: the second factor comes first."""
    login = Login(user=user, email=user.email, redirect_url=reverse(then))
    return perform_password_login(request, {"email": user.email}, login)
