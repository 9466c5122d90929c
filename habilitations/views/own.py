"""« Gérer mes habilitations »: what I hold and where it comes from, ask for more, give one up (domain, 7.5)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question, sent
from chorus_org.kernel.common.paging import page
from chorus_org.kernel.common.typed import typed
from habilitations import policies
from habilitations.forms.grants import grid
from habilitations.forms.own import AskProfilesForm, GiveUpForm
from habilitations.holdings import carried, rows_carried
from habilitations.models import Attachment
from habilitations.notifications import labels, level_of
from habilitations.operations import profiles, requests
from structures.profiles import GIVEN_BY, PERMITS, Profile, given, ordered

WAY = ("Organisation", "organisation", "Utilisateurs", "users", "Gérer mes habilitations", "people:own")


@dataclass(frozen=True)
class Held:
    """A profile that I hold: the row that gives it, or the profiles that it comes with."""

    profile: Profile
    row: Any
    comes_with: str
    may_give_up: bool

    @property
    def permits(self) -> str:
        return PERMITS[self.profile]


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Mine, by structure and service."""
    live = Attachment.objects.live(timezone.now()).of(request.user).select_related("structure", "service")
    shown = page(live, "-started_at", request.GET)
    rows = rows_carried(shown.rows)
    for attachment in shown:
        fixed = policies.fixed(request.user, attachment)
        attachment.heading = f"rattachement-{attachment.pk}"
        attachment.held = [
            Held(
                profile=profile,
                row=rows[attachment.pk].get(profile),
                comes_with=labels(GIVEN_BY[profile] & rows[attachment.pk].keys() - {profile}),
                may_give_up=not fixed & GIVEN_BY[profile] & rows[attachment.pk].keys(),
            )
            for profile in ordered(given(rows[attachment.pk]))
        ]
    return render(request, "habilitations/own.html", {"attachments": shown})


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for more profiles where I am attached."""
    attachment, at = _mine(request, public_id), timezone.now()
    form = AskProfilesForm(typed(request))
    if form.submit(requests.ask_profiles, attachment_id=attachment.pk, by=request.user, at=at):
        return sent(request, "Gérer mes habilitations", "mine:requests")
    held = given(carried([attachment])[attachment.pk])
    suiting = attachment.structure.suiting_profiles
    lines = grid(
        ticked=form.ticked | held,
        suiting=suiting,
        may_give=suiting,
        fixed=dict.fromkeys(held, "Vous le détenez déjà."),
    )
    context = {"attachment": attachment, "where": level_of(attachment.structure, attachment.service), "lines": lines}
    return form_page(request, "habilitations/ask_profiles.html", form, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Give up one of my profiles, at once."""
    attachment, at = _mine(request, public_id), timezone.now()
    form = GiveUpForm(typed(request), initial={"profile": request.GET.get("profile")})
    if form.submit(profiles.give_up, attachment=attachment, by=request.user, at=at):
        return done(request, f"Vous avez renoncé à\u00a0: {labels(form.made.removed)}", "people:own")
    where = level_of(attachment.structure, attachment.service)
    gone = [one for one in carried([attachment])[attachment.pk] if form.chosen in given({one})]
    lines = [f"Sur {where}, vous ne détiendrez plus\u00a0: {labels(gone)}.", "Pour y revenir, il faudra le demander."]
    title = f"Renoncer à «\u00a0{form.chosen.label}\u00a0»" if form.chosen else "Renoncer à un profil"
    return question(request, form, title=title, lines=lines, submit="Renoncer", way=WAY, bad=True)


def _mine(request: HttpRequest, public_id: UUID) -> Attachment:
    mine = Attachment.objects.live(timezone.now()).of(request.user).select_related("structure", "service", "user")
    return get_object_or_404(mine, public_id=public_id)
