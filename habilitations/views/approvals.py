"""« Approbations »: what waits for one's decision (guide, 3.3; domain, 6.3)."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.answers import HtmxRequest, lead_to, question
from chorus_org.kernel.common.lists import filtered
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.common.typed import typed
from habilitations import evidence, policies
from habilitations.enums import RequestKind
from habilitations.forms.approvals import ApproveForm, BatchForm, RefuseForm, RefuseManyForm, RequestsFilter
from habilitations.forms.grants import grid
from habilitations.models import ApprovalRequest
from habilitations.models.approval import UNDO, decided_by
from habilitations.operations import decisions
from structures.models import Structure
from structures.profiles import Profile

WAY = ("Approbations", "approvals:list")


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What waits for my decision, oldest first, and what I have just decided."""
    at = timezone.now()
    visible = ApprovalRequest.objects.for_approver(request.user, at=at)
    mine = Structure.objects.held_by(request.user, Profile.RATTACHEMENT_VALIDATION, at=at).to_choose()
    just_decided = [pk for (pk,) in decided_by(user=request.user.pk, at=at - UNDO).rows()]
    filters = RequestsFilter(request.GET, structures=list(mine[: RequestsFilter.listed + 1]))
    rows = filtered(request, visible.listed(), filters, "asked_at")
    for each in rows:
        each.waits = evidence.waits(each, at=at)
    context = {
        "just_decided": visible.listed().filter(pk__in=just_decided).order_by("-decided_at") if just_decided else [],
        "place": request.GET.urlencode(),
        "filters": filters,
        "rows": rows,
    }
    return render(request, "habilitations/approvals.html", context)


@require_safe
def request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request, with what helps to decide."""
    asked = _visible(request, public_id)
    return _request_page(request, asked, ApproveForm())


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve, with the profiles chosen; the row of the list approves with those asked, or the usual ones."""
    asked, at = _visible(request, public_id), timezone.now()
    form = ApproveForm(typed(request))
    if form.submit(decisions.approve, request_id=asked.pk, by=request.user, at=at):
        _tell(request, form.made, "approuvée")
        return _back(request)
    asked.refresh_from_db()
    return _request_page(request, asked, form)


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Refuse: a reason that the person reads."""
    asked = _visible(request, public_id)
    form = RefuseForm(typed(request))
    if form.submit(decisions.refuse, request_id=asked.pk, by=request.user, at=timezone.now()):
        _tell(request, form.made, "refusée")
        return lead_to(request, "approvals:list")
    lines = [f"{evidence.what(asked)}. La personne reçoit le motif par courriel et peut faire une nouvelle demande."]
    title = f"Refuser la demande de {asked.requester}"
    way = (*WAY, str(asked.requester), asked.get_absolute_url())
    return question(request, form, title=title, lines=lines, submit="Refuser la demande", way=way, bad=True)


@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own decision back."""
    asked = _visible(request, public_id)
    try:
        decisions.undo(request_id=asked.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return _back(request)
    messages.success(request, f"La demande de {asked.requester} attend de nouveau une réponse")
    return _back(request)


@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Decide together the rows that were ticked: asked once, then done."""
    at = timezone.now()
    refusing = request.POST.get("decision") == "refuser"
    visible = ApprovalRequest.objects.for_approver(request.user, at=at).shown()
    form_class, operation = (
        (RefuseManyForm, decisions.refuse_many) if refusing else (BatchForm, decisions.approve_many)
    )
    form = form_class(typed(request), visible=visible)
    confirmed = request.POST.get("confirmed") == "1"
    if not confirmed:
        form.check_only("requests")
    if "requests" in form.errors:
        messages.warning(request, form.errors["requests"][0])
        return _back(request)
    if confirmed and form.submit(operation, by=request.user, at=at):
        for level, sentence in report_lines(form.made, "refusée" if refusing else "approuvée"):
            messages.add_message(request, level, sentence)
        return _back(request)
    return _ask_batch(request, form, refusing=refusing)


def report_lines(report: decisions.Report, word: str) -> list[tuple[int, str]]:
    """What became of the rows, in sentences, the good news first."""
    lines = []
    if count := len(report.done):
        lines.append((messages.SUCCESS, f"{count} demande{_s(count)} {word}{_s(count)}"))
    lines += [(messages.WARNING, f"{each.requester}\u00a0: {each.outcome}") for each in report.decided]
    lines += [(messages.WARNING, f"{each.requester}\u00a0: {policies.WHO_MAY_DECIDE}") for each in report.not_yours]
    lines += [(messages.WARNING, f"{each.requester}\u00a0: {why}") for each, why in report.impossible]
    return lines


def _ask_batch(request: HttpRequest, form: BatchForm, *, refusing: bool) -> HttpResponse:
    chosen: Sequence[ApprovalRequest] = list(form.cleaned_data["requests"])
    count, verb = len(chosen), "Refuser" if refusing else "Approuver"
    context = {
        "form": form,
        "chosen": chosen,
        "decision": "refuser" if refusing else "approuver",
        "title": f"{verb} {count} demande{_s(count)}",
        "bad": refusing,
    }
    status = form.status if form.errors else 200
    return render(request, "habilitations/batch.html", context, status=status)


def _visible(request: HttpRequest, public_id: UUID) -> ApprovalRequest:
    visible = ApprovalRequest.objects.for_approver(request.user).shown()
    return get_object_or_404(visible, public_id=public_id)


def _request_page(request: HttpRequest, asked: ApprovalRequest, form: ApproveForm) -> HttpResponse:
    at = timezone.now()
    held = rights.gate().profiles_on(request.user, [asked.target], at=at)[asked.target]
    may_give = policies.grantable(request.user, asked.structure, held)
    wished = frozenset(map(Profile, asked.profiles))
    ticked = (
        set(form.cleaned_data.get("profiles", ())) if form.is_bound else wished or asked.structure.newcomers_profiles
    )
    suiting = wished if asked.kind == RequestKind.PROFILES else asked.structure.suiting_profiles
    context = {
        "asked": asked,
        "form": form,
        "what": evidence.what(asked),
        "evidence": evidence.about(asked, reader=request.user, at=at),
        "lines": grid(ticked=ticked & may_give, suiting=suiting, may_give=may_give, asked=wished),
        "is_attachment": asked.kind == RequestKind.ATTACHMENT,
        "may_undo": asked.decided_by_id == request.user.pk and asked.undo_until and asked.undo_until > at,
    }
    if not asked.is_pending and form.errors:
        form.status = decisions.AlreadyDecided.status
    return render(request, "habilitations/request.html", context, status=form.status if form.errors else 200)


def _tell(request: HttpRequest, asked: ApprovalRequest, word: str) -> None:
    until = localtime(asked.undo_until)
    sentence = (
        f"Demande de {asked.requester} {word}. Un courriel lui a été envoyé. "
        f"Vous pouvez revenir sur votre décision jusqu’à {until:%H:%M}."
    )
    messages.success(request, sentence)


def _list_address(request: HttpRequest) -> str:
    """The list where it was: its filters and its place come with the row."""
    place = QueryDict(request.POST.get("place", ""))
    return reverse("approvals:list", query=place if place else None)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_list_address(request))


def _s(count: int) -> str:
    return "s" if count > 1 else ""
