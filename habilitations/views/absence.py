"""« Disponibilité » (domain, 1.5)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question, sent
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.typed import typed
from habilitations.forms.absence import AbsenceForm
from habilitations.models import Absence
from habilitations.operations import absences

PAGE, TITLE = "people:absence", "Disponibilité"


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """Declare an absence, with who answers meanwhile; and for whom I do."""
    at = timezone.now()
    mine = Absence.objects.not_over(at).filter(user=request.user).select_related("substitute").first()
    for_others = Absence.objects.not_over(at).filter(substitute=request.user).select_related("user")
    form = AbsenceForm(typed(request), user=request.user, at=at)
    context = {"title": TITLE, "mine": mine, "for_others": for_others.order_by("absent_from", "pk")}
    if "choisir" in request.POST:
        form.check_only()
    elif form.submit(absences.declare_absence, by=request.user, at=at):
        return sent(request, TITLE, PAGE)
    return form_page(request, "habilitations/absence.html", form, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HtmxRequest) -> HttpResponse:
    """Be back, or give up an absence to come."""
    form = Form(typed(request))
    if form.submit(absences.end_absence, by=request.user, at=timezone.now()):
        return done(request, "Votre absence est terminée", PAGE)
    lines = ["Vous répondrez de nouveau vous-même aux demandes."]
    title = "Mettre fin à mon absence"
    return question(request, form, title=title, lines=lines, submit=title, way=(TITLE, PAGE))
