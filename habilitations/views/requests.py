"""« Demande de rattachement à une structure », and what became of one's requests (guide, 3.3; domain, 6.2)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import done, form_page, question, sent
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.paging import page
from chorus_org.kernel.common.typed import typed
from habilitations import evidence
from habilitations.enums import RequestKind
from habilitations.forms.requests import AskForm, SearchForm
from habilitations.models import ApprovalRequest, Proposal
from habilitations.models.approval import LASTS
from habilitations.notifications import labels
from habilitations.operations import requests
from structures.models import Structure

PROPOSALS = 25  # that a page shows
WAY = ("Historique de mes demandes", "mine:requests")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to be attached: show the form, name the structure found, or send the request to who may answer."""
    asked = {name: request.GET[name] for name in ("identifier_type", "identifier") if name in request.GET}
    form = AskForm(typed(request), initial=asked)
    search = SearchForm(request.GET)
    context = {"search": search, "public_ones": list(search.narrowed(Structure.objects.all()))}
    if "choisir" in request.POST:
        form.check_only("identifier_type", "identifier")
        return form_page(request, "habilitations/ask.html", form, **context)
    if form.submit(requests.ask_attachment, by=request.user, at=timezone.now()):
        return sent(request, "Demande de rattachement à une structure", "mine:requests")
    return form_page(request, "habilitations/ask.html", form, **context)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """My requests, the latest first."""
    mine = ApprovalRequest.objects.of(request.user).shown()
    proposals = Proposal.objects.of(request.user).select_related("structure").order_by("-asked_at", "-pk")
    context = {"requests": page(mine, "-asked_at", request.GET), "proposals": proposals[:PROPOSALS]}
    return render(request, "habilitations/requests.html", context)


@require_safe
def follow(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Suivre ma demande »: who may answer, since when, what happens on which date."""
    asked, at = _mine(request, public_id), timezone.now()
    context = {
        "asked": asked,
        "what": evidence.what(asked),
        "wished": labels(asked.profiles),
        "granted": labels(asked.granted),
        "answerers": evidence.who_answers(asked, at=at) if asked.is_pending else None,
        "lapses_at": asked.asked_at + LASTS,
        "is_attachment": asked.kind == RequestKind.ATTACHMENT,
    }
    return render(request, "habilitations/follow.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a request of mine back."""
    asked = _mine(request, public_id)
    form = Form(typed(request))
    if form.submit(requests.withdraw, request_id=asked.pk, by=request.user, at=timezone.now()):
        return done(request, "Votre demande est retirée", "mine:requests")
    lines = [f"{evidence.what(asked)}.", "Elle n’attendra plus de réponse. Vous pourrez en faire une autre."]
    way = (*WAY, "Suivre ma demande", f"/mon-compte/demandes/{asked.public_id}/")
    title = "Retirer ma demande"
    return question(request, form, title=title, lines=lines, submit=title, way=way, bad=True)


def _mine(request: HttpRequest, public_id: UUID) -> ApprovalRequest:
    return get_object_or_404(ApprovalRequest.objects.of(request.user).shown(), public_id=public_id)
