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
from users.models import AskedFor, LinkPurpose
from users.operations.links import LinkRefused
from users.operations.passwords import reset_password
from users.views.entry import enter, noted
from users.views.links import dead_link, kept, own_link


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


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the new password; the second factor is asked all the same."""
    key, at = kept(request, LinkPurpose.PASSWORD), timezone.now()
    try:
        user = own_link(request, LinkPurpose.PASSWORD, at=at).user
        form = NewPasswordForm(typed(request), user=user)
        if form.submit(reset_password, key=key, address=client_address(request), at=at):
            logout(request)  # the sessions of the account have just ended, this one too if it was of them
            return enter(request, form.made, then="home")
    except LinkRefused as refusal:
        return dead_link(request, refusal, "account_reset_password")
    return form_page(request, "users/password_new.html", form)
