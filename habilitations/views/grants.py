"""« Gérer les habilitations des utilisateurs »: what somebody holds, as boxes, and what changes (guide, 3.4)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.answers import sent
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.common.typed import typed
from habilitations import policies
from habilitations.forms.grants import ProfilesForm, grid
from habilitations.forms.people import PersonForm
from habilitations.holdings import carried
from habilitations.models import Attachment
from habilitations.notifications import labels
from habilitations.operations import profiles
from habilitations.views.people import choose
from structures.profiles import ordered

PAGE, TITLE = "people:grants", "Gérer les habilitations des utilisateurs"


@require_http_methods(["GET", "HEAD", "POST"])
def grants(request: HttpRequest) -> HttpResponse:
    """Choose a person, tick what they may do, see what that changes, and confirm it."""
    at = timezone.now()
    chosen = choose(request, policies.ATTACH, policies.WHO_MAY_ATTACH, at=at)
    form = ProfilesForm(typed(request))
    attachment = chosen.attachment
    action = request.POST.get("action")
    if request.method != "POST" or not attachment or action == "modifier":
        return _boxes(request, chosen, form)
    form.is_cleared = action == "clear"
    if request.POST.get("confirmed") == "1":
        if form.submit(profiles.change, attachment=attachment, by=request.user, at=at):
            return sent(request, TITLE, chosen.address(PAGE))
    elif form.is_valid():
        try:
            change = profiles.check_change(attachment=attachment, by=request.user, at=at, **form.values())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _difference(request, chosen, form, change)
    return _boxes(request, chosen, form)


def _difference(request: HttpRequest, chosen: PersonForm, form: ProfilesForm, change: profiles.Change) -> HttpResponse:
    context = {
        "title": TITLE,
        "back_url": chosen.address(PAGE),
        "attachment": chosen.attachment,
        "form": form,
        "added": ordered(change.added),
        "removed": ordered(change.removed),
        "unchanged": labels(change.unchanged),
        "ticked": form.cleaned_data["profiles"],
    }
    return render(request, "habilitations/grants_confirm.html", context)


def _boxes(request: HttpRequest, chosen: PersonForm, form: ProfilesForm) -> HttpResponse:
    context: dict[str, Any] = {"filters": chosen, "form": form, "title": TITLE}
    if chosen.attachment:
        context |= _held(request.user, chosen, chosen.attachment, form)
    status = form.status if form.errors or chosen.errors and request.method == "POST" else 200
    return render(request, "habilitations/grants.html", context, status=status)


def _held(user: Any, chosen: PersonForm, attachment: Attachment, form: ProfilesForm) -> dict[str, Any]:
    """What the person holds, as it is now: what was ticked on what is not true any more is not shown again."""
    held = frozenset(carried([attachment])[attachment.pk])
    mine = rights.gate().profiles_on(user, [attachment.target])[attachment.target]
    why = profiles.WHY_FIXED_MANAGER if policies.is_manager(attachment) else profiles.WHY_FIXED
    return {
        "attachment": attachment,
        "action": chosen.address(PAGE),
        "count": len(held),
        "seen": " ".join(sorted(profile.name for profile in held)),
        "lines": grid(
            ticked=form.ticked if form.keeps_ticks else held,
            suiting=attachment.structure.suiting_profiles,
            may_give=policies.grantable(user, attachment.structure, mine),
            fixed=dict.fromkeys(policies.fixed(user, attachment) & held, why),
        ),
    }
