"""« Mon compte » (domain, 2.7): each detail has its page, which HTMX shows in its place."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from users.forms.account import DETAILS, DetailForm
from users.forms.passwords import ChangePasswordForm
from users.login import proconnect
from users.models import Link, LinkPurpose, Notice
from users.operations.details import change_details, confirm_contact
from users.operations.passwords import change_password
from users.views.entry import check_password
from users.views.links import by_link
from users.views.reauthentication import recently_proved


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What the portal knows of the person."""
    details = [_shown(request.user, slug) for slug in DETAILS]
    return render(request, "users/account.html", {"details": details, "proconnect": proconnect.is_open()})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Change one detail."""
    if slug not in DETAILS:
        raise Http404
    form = DetailForm(typed(request), slug=slug, user=request.user)
    if form.submit(change_details, by=request.user, at=timezone.now()):
        messages.success(request, _done(form, form.made))
        return redirect("account")
    return form_page(request, "users/account_detail.html", form, slug=slug)


# Each try is counted for good before the password is looked at, as at login
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """« Changer mon mot de passe »; who has none, their address having been given back, goes by their mailbox."""
    return _password(request) if request.user.has_usable_password() else redirect("account_reset_password")


@recently_proved
def _password(request: HttpRequest) -> HttpResponse:
    """This session goes on under a new key, the others end."""
    data = typed(request)
    form = ChangePasswordForm(data, user=request.user, check=partial(check_password, request))
    if form.submit(change_password, user_id=request.user.pk, at=timezone.now()):
        update_session_auth_hash(request, form.made)
        messages.success(request, "Votre mot de passe a changé\u00a0; vos autres sessions sont fermées")
        return redirect("account")
    return form_page(request, "users/account_password.html", form)


@by_link(LinkPurpose.CONTACT, again="account", label="Voir mon compte")
def contact_confirm(request: HttpRequest, key: str, link: Link) -> HttpResponse:
    """Confirm a contact address: opening the page shows a button, which alone does it."""
    if request.method == "POST":
        confirm_contact(key=key, at=timezone.now())
        messages.success(request, "Votre adresse de contact est confirmée\u00a0: elle recevra vos avis")
        return redirect("account" if request.user.is_authenticated else "home")
    return render(request, "users/contact_confirm.html", {"mailbox": link.email})


def _shown(user: Any, slug: str) -> dict[str, Any]:
    """A detail as the page shows it."""
    form = DetailForm(slug=slug, user=user)
    value = getattr(user, form.name)
    if form.name == "notices":
        value = ", ".join(Notice(notice).label for notice in value) or "Aucun avis"
    waits = form.name == "contact_email" and not user.contact_confirmed_at and value != user.email
    return {"slug": slug, "label": form.label, "value": value, "waits": waits}


def _done(form: DetailForm, user: Any) -> str:
    if form.name == "contact_email" and not user.contact_confirmed_at:
        return f"Un lien vient de partir à {user.contact_email}\u00a0: ouvrez-le pour confirmer cette adresse"
    return f"L’envoi des données pour «\u00a0{form.label}\u00a0» a bien été effectuée"
