"""« Créer une structure », « Gérer une structure » (domain, 3.2 and 3.3)."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question, sent
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.identifiers import IdentifierType
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed
from habilitations.forms.structures import ChangeStructureForm, FoundForm, IdentifierForm, ManageForm, SeenForm
from habilitations.models import ApprovalRequest, Attachment
from habilitations.operations import renumbering
from habilitations.operations import structures as founding
from habilitations.views.people import refuse_nowhere
from services.models import Service
from services.views import whom_to_ask
from structures import operations, policies
from structures.models import Structure, StructureQuerySet
from structures.registry import TAKEN, differences, look_up

PAGES = {
    ManageForm.Request.CONSULT: "habilitations:structure",
    ManageForm.Request.CHANGE: "habilitations:change",
    ManageForm.Request.ACTIVATE: "habilitations:activate",
    ManageForm.Request.DEACTIVATE: "habilitations:deactivate",
    ManageForm.Request.BANK: "habilitations:bank_accounts",
    ManageForm.Request.REFRESH: "habilitations:refresh",
    ManageForm.Request.RENUMBER: "habilitations:renumber",
}


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create a private structure, and become its GP."""
    form = FoundForm(typed(request))
    if request.POST.get("choisir") == "insee":
        form = FoundForm({**form.data.dict(), **form.blanks})
    if "choisir" in request.POST:
        form.check_only()
    elif form.submit(founding.found_structure, by=request.user, at=timezone.now()):
        return sent(request, "Créer une structure", form.made)
    return form_page(request, "habilitations/create_structure.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """Choose what to do, and with which structure."""
    at = timezone.now()
    form = ManageForm(typed(request), structures=_manageable(request).to_choose(), initial=request.GET.dict())
    if form.is_empty:
        refuse_nowhere(request, policies.WHO_MAY_MODIFY, at=at)
    if "choisir" in request.POST:
        form.check_only()
    elif form.is_valid():
        return redirect(PAGES[form.cleaned_data["request"]], form.cleaned_data["structure"].public_id)
    return form_page(request, "habilitations/manage_structure.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change where a structure is, how one reaches it, what its suppliers must give."""
    structure = _mine(request, public_id)
    if not policies.may_modify(request.user, structure):
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    form = ChangeStructureForm(typed(request), structure=structure)
    if form.submit(operations.change_structure, structure_id=structure.pk, by=request.user, at=timezone.now()):
        return sent(request, "Modifier une structure", structure)
    return form_page(request, "habilitations/change_structure.html", form, structure=structure)


@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Put a structure to sleep, once it is said what that stops."""
    structure, at = _mine(request, public_id), timezone.now()
    if not (policies.may_modify(request.user, structure) or policies.may_activate(request.user, structure)):
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    form = Form(typed(request))
    if form.submit(founding.deactivate_structure, structure_id=structure.pk, by=request.user, at=at):
        return done(request, f"{structure.name} est désactivée", structure)
    people = Attachment.objects.live(at).filter(structure=structure).values("user").distinct().count()
    services = Service.objects.active(at).filter(structure=structure).count()
    waiting = ApprovalRequest.objects.pending().filter(structure=structure).count()
    lines = [
        "La structure disparaît de l’annuaire et n’accepte plus de rattachement. Tout revient si elle est activée.",
        f"Ce qui s’arrête\u00a0: les droits des personnes ({people}), les services actifs ({services}), "
        f"les demandes en cours, qui sont refusées ({waiting}).",
    ]
    title = f"Désactiver {structure.name}"
    return question(
        request, form, title=title, lines=lines, submit="Désactiver la structure", way=_way(structure), bad=True
    )


@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Wake a structure up."""
    structure = _mine(request, public_id)
    if not policies.may_activate(request.user, structure):
        raise NotAllowed(policies.WHO_MAY_ACTIVATE + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    form = Form(typed(request))
    if form.submit(operations.activate_structure, structure_id=structure.pk, by=request.user, at=timezone.now()):
        return done(request, f"{structure.name} est active", structure)
    lines = ["Ses services et les droits de chacun reviennent tels qu’ils étaient."]
    title = f"Activer {structure.name}"
    return question(request, form, title=title, lines=lines, submit="Activer la structure", way=_way(structure))


@require_http_methods(["GET", "HEAD", "POST"])
def renumber(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Go on under another SIRET of the same company."""
    structure, at = _mine(request, public_id), timezone.now()
    if not policies.may_modify(request.user, structure):
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    form = IdentifierForm(typed(request), structure=structure)
    if form.submit(renumbering.change_identifier, structure_id=structure.pk, by=request.user, at=at):
        sentence = f"{form.made.name} a maintenant le SIRET {form.made.identifier}\u00a0; chacun en est averti"
        return done(request, sentence, form.made)
    lines = [
        f"Le SIRET d’aujourd’hui est {structure.identifier}. La structure est copiée sous le nouveau\u00a0: données, "
        "services, rattachements et profils. Les demandes et les invitations en cours suivent.",
        "L’ancienne est désactivée et ses adresses mènent à la nouvelle. Cela ne se défait pas.",
    ]
    title = f"Changer l’identifiant de {structure.name}"
    return question(request, form, title=title, lines=lines, submit="Changer le SIRET", way=_way(structure), bad=True)


@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """« Mettre à jour depuis la base INSEE »: what would change is shown first."""
    structure = _mine(request, public_id)
    if not policies.may_modify(request.user, structure):
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    entry = look_up(structure.identifier) if structure.identifier_type == IdentifierType.SIRET else None
    form = SeenForm(typed(request))
    arguments = {"structure_id": structure.pk, "entry": entry, "by": request.user, "at": timezone.now()}
    if entry and form.submit(operations.take_from_registry, **arguments):
        return sent(request, "Mettre à jour depuis la base INSEE", structure)
    changes = differences(structure, entry) if entry else {}
    rows = [(TAKEN[name], before, after) for name, (before, after) in changes.items()]
    context = {"structure": structure, "entry": entry, "rows": rows, "seen": str(changes)}
    return form_page(request, "habilitations/refresh_structure.html", form, **context)


def _manageable(request: HttpRequest) -> StructureQuerySet:
    held = Structure.objects.held_by(request.user, policies.MODIFY).order_by().values("pk")
    return Structure.objects.filter(Q(pk__in=held) | Q(principal_manager=request.user))


def _mine(request: HttpRequest, public_id: UUID) -> Structure:
    return get_object_or_404(Structure.objects.visible_to(request.user), public_id=public_id)


def _way(structure: Structure) -> tuple[str, str, str, str]:
    return "Structures", "habilitations:structures", structure.name, structure.get_absolute_url()
