"""« Invitations »: what became of them, for who manages; and the pages that their link opens (domain, 6.4)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.lists import filtered
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.common.typed import typed
from habilitations import policies
from habilitations.forms.attach import InvitationsFilter
from habilitations.models import Invitation
from habilitations.notifications import level_of
from habilitations.operations import invitations
from habilitations.reach import Reach
from habilitations.views.people import refuse_nowhere
from users.operations.links import Digest
from users.views.creation import INVITED
from users.views.links import dead_link

LINK = "invitation"  # which link it is, in the visitor's session
WAY = ("Invitations", "people:invitations")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The invitations to what I manage, the latest first."""
    at = timezone.now()
    reach = Reach(request.user, policies.ATTACH, at)
    if not reach.structures.exists():
        refuse_nowhere(request, policies.WHO_MAY_ATTACH, at=at)
    filters = InvitationsFilter(request.GET, at=at)
    visible = reach.within(Invitation.objects.shown())
    rows = filtered(request, visible, filters, "-sent_at")
    return render(request, "habilitations/invitations.html", {"filters": filters, "rows": rows, "now": at})


@require_POST
def resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send it again: seven more days, and the former link opens nothing any more."""
    at = timezone.now()
    try:
        again = invitations.resend(invitation_id=_visible(request, public_id, at).pk, by=request.user, at=at)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"L’invitation de {again.email} est renvoyée. Le lien précédent n’ouvre plus rien.")
    return redirect("people:invitations")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Take it back."""
    at = timezone.now()
    invitation = _visible(request, public_id, at)
    form = Form(typed(request))
    if form.submit(invitations.cancel, invitation_id=invitation.pk, by=request.user, at=at):
        return done(request, f"L’invitation de {invitation.email} est annulée", "people:invitations")
    title = f"Annuler l’invitation de {invitation.email}"
    lines = [f"Son lien vers {level_of(invitation.structure, invitation.service)} n’ouvrira plus rien."]
    return question(request, form, title=title, lines=lines, submit="Annuler l’invitation", way=WAY, bad=True)


@require_safe
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """Keep which link it is in the session, and go to its page, so that the key stays in no history."""
    request.session[LINK] = Digest.of(key)
    return redirect("invitations:opened")


@require_safe
def opened(request: HttpRequest) -> HttpResponse:
    """Where the link leads: to the answer, to the login or the creation of an account, or to why it cannot serve."""
    at = timezone.now()
    found = Invitation.objects.alive(at).shown().filter(key_hash=request.session.get(LINK, "")).first()
    if not found:
        return dead_link(request, invitations.InvitationOver(invitations.OVER), "home", "Aller à l’accueil")
    if not request.user.is_authenticated:
        request.session[INVITED] = found.email
        context = {"invitation": found, "where": level_of(found.structure, found.service)}
        return render(request, "habilitations/invited.html", context)
    if found.email != request.user.email:
        other = invitations.InvitationRefused(
            f"Cette invitation a été envoyée à {found.email}, et vous êtes connecté avec {request.user.email}. "
            "Déconnectez-vous, puis ouvrez le lien de nouveau, ou faites-vous inviter à votre adresse."
        )
        return dead_link(request, other, "account_logout", "Se déconnecter")
    return redirect("mine:invitation", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept an invitation of mine."""
    found = get_object_or_404(Invitation.objects.to(request.user).shown(), public_id=public_id)
    at, where = timezone.now(), level_of(found.structure, found.service)
    form = Form(typed(request))
    if form.submit(invitations.accept, invitation_id=found.pk, by=request.user, at=at):
        return done(request, f"Vous êtes rattaché à {where}", "mine:attachments")
    context = {"invitation": found, "where": where, "is_alive": found.is_alive(at)}
    return form_page(request, "habilitations/invitation.html", form, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Refuse an invitation of mine."""
    found = get_object_or_404(Invitation.objects.to(request.user).shown(), public_id=public_id)
    form = Form(typed(request))
    if form.submit(invitations.decline, invitation_id=found.pk, by=request.user, at=timezone.now()):
        return done(request, "L’invitation est refusée", "mine:attachments")
    title = f"Refuser l’invitation à {level_of(found.structure, found.service)}"
    lines = ["Vous ne serez pas rattaché. On pourra vous inviter de nouveau."]
    way = ("Mes rattachements", "mine:attachments")
    return question(request, form, title=title, lines=lines, submit="Refuser l’invitation", way=way, bad=True)


def _visible(request: HttpRequest, public_id: UUID, at: datetime) -> Invitation:
    visible = Reach(request.user, policies.ATTACH, at).within(Invitation.objects.shown())
    return get_object_or_404(visible, public_id=public_id)
