"""« Mot de passe oublié ? »: by the mailbox of the login address, and no other way (domain, 2.4)."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from users.forms.creation import MailboxForm
from users.forms.passwords import NewPasswordForm
from users.login.security import client_address
from users.models import AskedFor, Link, LinkPurpose
from users.operations.passwords import reset_password
from users.views.entry import enter, noted
from users.views.links import by_link


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the next page is the same whether the address has an account or not."""
    form = MailboxForm(typed(request))
    if noted(request, form, AskedFor.PASSWORD):
        return redirect("password_sent")
    return form_page(request, "users/password_reset.html", form)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "users/password_sent.html")


@by_link(LinkPurpose.PASSWORD, again="account_reset_password")
def new(request: HttpRequest, key: str, link: Link) -> HttpResponse:
    """Choose the new password; the second factor is asked all the same."""
    form = NewPasswordForm(typed(request), user=link.user)
    if form.submit(reset_password, key=key, address=client_address(request), at=timezone.now()):
        logout(request)  # the sessions of the account have just ended, this one too if it was of them
        return enter(request, form.made, then="home")
    return form_page(request, "users/password_new.html", form)
