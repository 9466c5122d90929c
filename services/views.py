from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question, sent, whole_page
from chorus_org.kernel.common.exports import file_response
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.lists import filtered
from chorus_org.kernel.common.paging import every
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed
from services import operations, policies
from services.forms import ChangeForm, ReopenForm, ServiceForm, ServicesFilter
from services.models import Service, ServiceQuerySet
from services.published import SERVICE_COLUMNS, service_row
from structures.models import Structure, StructureQuerySet

WHO_MAY_READ = "Voir ce service demande le profil «\u00a0Organisation consultation\u00a0» sur sa structure."
NAMED = 3


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """« Créer un service » (guide, section 2): show the form, refresh what a choice changes, or create the service."""
    held = Structure.objects.held_by(request.user, policies.CREATE)
    form = ServiceForm(
        typed(request),
        structures=held.to_choose(),
        initial={"structure": request.GET.get("structure"), "active_from": timezone.now()},
    )
    if not form.structures:
        raise NotAllowed(policies.WHO_MAY_CREATE + whom_to_ask(Structure.objects.visible_to(request.user)))
    if "choisir" in request.POST:
        return _chosen(request, form)
    if form.submit(operations.create_service, by=request.user, at=timezone.now()):
        return sent(request, "Créer un service", form.made)
    return form_page(request, "services/create.html", form)


def _chosen(request: HttpRequest, form: ServiceForm) -> HttpResponse:
    """The form as typed, with what follows from the structure chosen: nothing is written nor checked further."""
    form.check_only("structure")
    answer = form_page(request, "services/create.html", form)
    return whole_page(answer) if form.errors else answer


@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """« Gérer un service »: those that I may change, by code."""
    at = timezone.now()
    held = Service.objects.held_by(request.user, policies.CREATE, at=at).filter(deleted_at=None)
    if not held.exists():
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.visible_to(request.user, at=at)))
    filters = ServicesFilter(request.GET, at=at)
    rows = filtered(request, held.with_code_key().select_related("structure"), filters, "code_key")
    for service in rows:
        service.shown_state = service.state(at)
    return render(
        request, "services/manage.html", {"filters": filters, "rows": rows, "export": request.GET.urlencode()}
    )


@require_safe
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The services of « Gérer un service » as its filters have them, in the columns of the published file."""
    at = timezone.now()
    held = Service.objects.held_by(request.user, policies.CREATE, at=at).filter(deleted_at=None)
    rows = ServicesFilter(request.GET, at=at).narrowed(held).select_related("structure")
    ordered = every(rows.order_by("structure__name_key", "code", "pk"))
    return file_response("services", form, SERVICE_COLUMNS, (service_row(service, at) for service in ordered))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change what a service says of itself."""
    service, at = to_modify(request, public_id), timezone.now()
    form = ChangeForm(typed(request), service=service, at=at)
    if form.submit(operations.change_service, service_id=service.pk, by=request.user, at=at):
        return sent(request, "Modifier un service", service)
    return form_page(request, "services/change.html", form, service=service)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Open a closed service again."""
    service, at = to_modify(request, public_id), timezone.now()
    form = ReopenForm(typed(request))
    if form.submit(operations.reopen_service, service_id=service.pk, by=request.user, at=at):
        return done(request, f"Le service {service.code} est rouvert", service)
    lines = ["Les personnes qui y étaient rattachées retrouvent leurs droits sur ce service."]
    return question(
        request, form, title=f"Rouvrir {service.code}", lines=lines, submit="Rouvrir le service", way=_way(service)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Delete a service that has not begun."""
    service, at = to_modify(request, public_id), timezone.now()
    form = Form(typed(request))
    if form.submit(operations.delete_service, service_id=service.pk, by=request.user, at=at):
        return done(request, f"Le service {service.code} est supprimé", "services:manage")
    lines = ["Il n’a jamais été actif\u00a0: personne ne l’a utilisé. Son code ne pourra pas resservir."]
    title = f"Supprimer {service.code}"
    return question(
        request, form, title=title, lines=lines, submit="Supprimer le service", way=_way(service), bad=True
    )


def to_modify(request: HttpRequest, public_id: UUID) -> Service:
    """The service that the address names, for whoever may change it.

    :raises NotAllowed: they may only see it.
    """
    visible = Service.objects.visible_to(request.user).filter(deleted_at=None).select_related("structure")
    service = get_object_or_404(visible, public_id=public_id)
    if not policies.may_modify(request.user, service):
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.filter(pk=service.structure_id)))
    return service


def _way(service: Service) -> tuple[str, str, str, str]:
    return service.structure.name, service.structure.get_absolute_url(), service.code, service.get_absolute_url()


@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One service, and what to do next with it."""
    at = timezone.now()
    visible = Service.objects.visible_to(request.user, at=at).select_related("structure")
    service = visible.filter(public_id=public_id).first()
    if not service:
        return redirect(_what_became_of(public_id, visible))
    if not Service.objects.readable_by(request.user, at=at).filter(pk=service.pk).exists():
        raise NotAllowed(WHO_MAY_READ + whom_to_ask(Structure.objects.filter(pk=service.structure_id)))
    gate = rights.gate().profiles_on(request.user, [service, service.structure], at=at)
    context = {
        "service": service,
        "state": service.state(at),
        "may_create": policies.CREATE in gate[service.structure],
        "may_modify": policies.CREATE in gate[service] and not service.deleted_at,
    }
    return render(request, "services/detail.html", context)


def _what_became_of(public_id: UUID, visible: ServiceQuerySet) -> Service:
    """The same service under the SIRET that its structure has now, for whoever may know of it.

    :raises Http404: none, or not theirs.
    """
    of_successor = Service.objects.filter(structure__successor__isnull=False).select_related("structure")
    former = get_object_or_404(of_successor, public_id=public_id)
    return get_object_or_404(visible.coded(former.code), structure=former.structure.latest())


def whom_to_ask(structures: StructureQuerySet) -> str:
    """The end of a sentence: who manages these structures, which the reader may know of; the first three by name."""
    managed = structures.managed().select_related("principal_manager")
    names = [f"{each.principal_manager} ({each.name})" for each in managed.order_by("name_key", "id")[:NAMED]]
    return f" Adressez-vous à {', '.join(names)}." if names else ""
