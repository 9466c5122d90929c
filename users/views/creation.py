"""« Créer un compte » in four steps (guide, section 3.1; domain, 2)."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from users.forms.creation import MailboxForm, PersonalInformation
from users.forms.passwords import ActivationForm
from users.login.proconnect import Given
from users.models import AskedFor, Link, LinkPurpose
from users.operations.passwords import ACTIVATED, activate
from users.views.entry import enter, noted
from users.views.links import by_link

MAILBOX = "creation_email"  # what the visitor's session keeps from one step to the next
INVITED = "creation_invited"  # the address that an invitation was sent to


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Step 1, « Informations personnelles ». The next page is the same whether the address has an account or not."""
    if request.user.is_authenticated:
        return redirect("home")
    given = Given.kept(request, at=timezone.now())
    known = asdict(given) if given else {"email": request.session.get(INVITED, "")}
    form = PersonalInformation(typed(request), initial=known)
    if request_noted := noted(request, form, AskedFor.CREATION):
        request.session[MAILBOX] = request_noted.email
        return redirect("activation")
    return form_page(request, "users/sign_up.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """Step 2, « Activation »: open the mail, or ask for a new link, which kills the former."""
    form = MailboxForm(typed(request))
    if request_noted := noted(request, form, AskedFor.ACTIVATION):
        request.session[MAILBOX] = request_noted.email
        messages.success(request, "Un nouveau message vient de partir\u00a0: son lien annule le précédent.")
        return redirect("activation")
    mailbox = "" if form.errors else request.session.get(MAILBOX, "")
    return form_page(request, "users/activation.html", form, mailbox=mailbox)


@by_link(LinkPurpose.ACTIVATION, again="activation")
def activation_password(request: HttpRequest, key: str, link: Link) -> HttpResponse:
    """Step 3, « Mot de passe »: what it takes to open the account, then its session."""
    said = link.details or {name: getattr(link.user, name) for name in ACTIVATED}
    form = ActivationForm(typed(request), user=link.user, said=said)
    if form.submit(activate, key=key, at=timezone.now()):
        return enter(request, form.made, then="activation_structure")
    return form_page(request, "users/activation_password.html", form)


@require_safe
def activation_structure(request: HttpRequest) -> HttpResponse:
    """Step 4: declare a structure, ask to be attached to one, or later."""
    return render(request, "users/activation_structure.html")
