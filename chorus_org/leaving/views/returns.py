"""Coming back to an account that sleeps (domain, 2.8)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from chorus_org.leaving.operations import returns
from users.forms.creation import MailboxForm
from users.models import AskedFor, Link, LinkPurpose
from users.views.entry import noted
from users.views.links import by_link


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """« Rouvrir mon compte »: the next page is the same whether the address has an account or not."""
    form = MailboxForm(typed(request))
    if noted(request, form, AskedFor.RETURN):
        return redirect("return_sent")
    return form_page(request, "leaving/return.html", form)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "leaving/return_sent.html")


@by_link(LinkPurpose.RETURN, again="account_return")
def come_back(request: HttpRequest, key: str, link: Link) -> HttpResponse:
    """Open the account: the page shows a button, which alone does it; one then logs in as always."""
    if request.method == "POST":
        returns.come_back(key=key, at=timezone.now())
        messages.success(request, "Votre compte est rouvert. Connectez-vous comme d’habitude")
        return redirect("account_login")
    return render(request, "leaving/return_confirm.html", {"mailbox": link.email})
