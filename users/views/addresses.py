"""« Changer mon adresse de connexion » (domain, 2.9)."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from users.forms.account import AddressForm
from users.models import Link, LinkPurpose
from users.operations.addresses import ask_address, cancel_address, change_address
from users.views.links import by_link
from users.views.reauthentication import recently_proved


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def address(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the next page is the same whether the new address has an account or not."""
    form = AddressForm(typed(request))
    if form.submit(ask_address, by=request.user, at=timezone.now()):
        return redirect("account_address_sent")
    return form_page(request, "users/address.html", form)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "users/address_sent.html")


@by_link(LinkPurpose.ADDRESS, again="account_address", label="Changer mon adresse de connexion")
def confirm(request: HttpRequest, key: str, link: Link) -> HttpResponse:
    """Take the new address: opening the page shows a button, which alone does it."""
    if request.method == "POST":
        change_address(key=key, at=timezone.now())
        return _leave(request, "Votre adresse de connexion a changé. Connectez-vous avec la nouvelle")
    return render(request, "users/address_confirm.html", {"mailbox": link.email})


@by_link(LinkPurpose.CANCEL, again="account_login", label="Se connecter", anybody=True)
def cancel(request: HttpRequest, key: str, link: Link) -> HttpResponse:
    """Take the former address back, whoever is logged in: the mailbox alone proves it."""
    if request.method == "POST":
        cancel_address(key=key, at=timezone.now())
        return _leave(request, "Votre adresse vous est rendue. Ouvrez le message qu’elle vient de recevoir")
    return render(request, "users/address_cancel.html", {"mailbox": link.email})


def _leave(request: HttpRequest, sentence: str) -> HttpResponse:
    logout(request)
    messages.success(request, sentence)
    return redirect("account_login")
