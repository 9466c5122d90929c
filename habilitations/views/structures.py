from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.answers import HtmxRequest, done, question
from chorus_org.kernel.common.paging import page
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed
from habilitations import policies
from habilitations.approvers import accepting
from habilitations.forms.newcomers import NewcomersForm
from habilitations.models import people_on
from habilitations.operations.newcomers import set_newcomers
from services.gantt import Timeline
from services.models import Service
from services.views import whom_to_ask
from structures.models import Structure, StructureQuerySet
from structures.profiles import Profile


@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    """« Structures »: mine, and what one may do with them."""
    at = timezone.now()
    mine = Structure.objects.visible_to(request.user, at=at).annotate(
        people=people_on("structure", at=at), services_count=Service.objects.count_of("pk")
    )
    shown = page(mine, "name_key", request.GET)
    held = rights.gate().profiles_on(request.user, shown.rows, at=at)
    for each in shown:
        each.may_read = Profile.ORGANISATION_CONSULTATION in held[each]
    return render(request, "habilitations/structures.html", {"structures": shown})


@require_safe
def structure(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One structure of mine with its services: all of them, my own only, or none, as my rights go."""
    at = timezone.now()
    visible = Structure.objects.visible_to(request.user, at=at).select_related("principal_manager")
    counted = visible.annotate(people=people_on("structure", at=at), accepting=accepting(at=at))
    shown = next(iter(counted.filter(public_id=public_id)), None)
    if not shown:
        return redirect(_what_became_of(public_id, visible))
    held = rights.gate().profiles_on(request.user, [shown], at=at)[shown]
    services = Service.objects.filter(structure=shown, deleted_at=None).readable_by(request.user, at=at)
    services = services.with_code_key().annotate(people=people_on("service", at=at))
    listed = page(services, "code_key", request.GET)
    timeline = Timeline(at)
    for service in listed:
        service.shown_state, service.period = service.state(at), timeline.drawing(service)
    context = {
        "structure": shown,
        "services": listed,
        "may_read": Profile.ORGANISATION_CONSULTATION in held,
        "may_modify": Profile.ORGANISATION_MODIFICATION in held,
        "create_url": reverse("services:create", query={"structure": shown.public_id}),
        "timeline": timeline,
    }
    return render(request, "habilitations/structure.html", context)


def _what_became_of(public_id: UUID, visible: StructureQuerySet) -> Structure:
    """Under which SIRET a structure goes on, for whoever is attached there.

    :raises Http404: under none, or not theirs.
    """
    former = get_object_or_404(Structure.objects.filter(successor__isnull=False), public_id=public_id)
    return get_object_or_404(visible, pk=former.latest().pk)


@require_http_methods(["GET", "HEAD", "POST"])
def newcomers(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Whether those who are attached may accept others."""
    at = timezone.now()
    visible = Structure.objects.visible_to(request.user, at=at).annotate(accepting=accepting(at=at))
    shown = get_object_or_404(visible, public_id=public_id)
    if not policies.may_attach(request.user, shown):
        raise NotAllowed(policies.WHO_MAY_ATTACH + whom_to_ask(Structure.objects.filter(pk=shown.pk)))
    form = NewcomersForm(typed(request), initial={"newcomers_validate": shown.newcomers_validate})
    if form.submit(set_newcomers, structure_id=shown.pk, by=request.user, at=at):
        taken = f", le profil est retiré à {form.made} personne{'s' if form.made > 1 else ''}" if form.made else ""
        return done(request, f"Le réglage est enregistré{taken}", shown)
    lines = [f"Aujourd’hui, {shown.accepting} parmi les personnes rattachées à {shown.name} peuvent accepter."]
    way = ("Structures", "habilitations:structures", shown.name, shown.get_absolute_url())
    return question(
        request, form, title="Qui accepte les rattachements\u00a0?", lines=lines, submit="Enregistrer", way=way
    )
