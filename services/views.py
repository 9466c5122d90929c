from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.answers import form_page, sent, whole_page
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed
from services import operations, policies
from services.forms import ServiceForm
from services.models import Service
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
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One service, and what to do next with it."""
    at = timezone.now()
    visible = Service.objects.visible_to(request.user, at=at).select_related("structure")
    service = get_object_or_404(visible, public_id=public_id)
    if not Service.objects.readable_by(request.user, at=at).filter(pk=service.pk).exists():
        raise NotAllowed(WHO_MAY_READ + whom_to_ask(Structure.objects.filter(pk=service.structure_id)))
    may_create = policies.may_create(request.user, service.structure)
    context = {"service": service, "state": service.state(at), "may_create": may_create}
    return render(request, "services/detail.html", context)


def whom_to_ask(structures: StructureQuerySet) -> str:
    """The end of a sentence: who manages these structures, which the reader may know of; the first three by name."""
    managed = structures.managed().select_related("principal_manager")
    names = [f"{each.principal_manager} ({each.name})" for each in managed.order_by("name_key", "id")[:NAMED]]
    return f" Adressez-vous à {', '.join(names)}." if names else ""
