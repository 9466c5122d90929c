"""« Détacher un utilisateur », and leaving by oneself (guide, 3.3; domain, 6.5)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import HtmxRequest, done, question, sent
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.typed import typed
from habilitations import policies
from habilitations.forms.detach import DetachForm
from habilitations.holdings import Losses, losses
from habilitations.models import Attachment
from habilitations.notifications import labels, level_of
from habilitations.operations import attachments
from habilitations.views.people import choose

PAGE, TITLE = "people:detach", "Détacher un utilisateur"


@require_http_methods(["GET", "HEAD", "POST"])
def detach(request: HttpRequest) -> HttpResponse:
    """Choose a person, see what ends with their attachment, and end it now or at a date."""
    at = timezone.now()
    chosen = choose(request, policies.ATTACH, policies.WHO_MAY_ATTACH, at=at)
    form, attachment = DetachForm(typed(request)), chosen.attachment
    if attachment and form.submit(attachments.detach, attachment=attachment, by=request.user, at=at):
        return sent(request, TITLE, PAGE)
    context = {"filters": chosen, "form": form, "title": TITLE}
    if attachment:
        context |= {
            "attachment": attachment,
            "is_manager": policies.is_manager(attachment),
            "losses": losses(attachment),
            "action": chosen.address(PAGE),
        }
    wrong = form.is_bound and (chosen.errors or form.errors)
    return render(request, "habilitations/detach.html", context, status=form.status if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """« Me détacher »: end an attachment of mine."""
    mine = Attachment.objects.of(request.user).filter(ended_at=None).select_related("structure", "service", "user")
    attachment = get_object_or_404(mine, public_id=public_id)
    form, where = Form(typed(request)), level_of(attachment.structure, attachment.service)
    if form.submit(attachments.end_attachment, attachment=attachment, by=request.user, at=timezone.now()):
        return done(request, f"Vous n’êtes plus rattaché à {where}", "mine:attachments")
    way = ("Mes rattachements", "mine:attachments")
    lines = [
        "Vous perdrez l’accès à l’instant. Pour revenir, il faudra une nouvelle demande.",
        *_lines(losses(attachment)),
    ]
    return question(
        request, form, title=f"Me détacher de {where}", lines=lines, submit="Me détacher", way=way, bad=True
    )


def _lines(lost: Losses) -> list[str]:
    lines = [f"Profils perdus\u00a0: {labels(lost.profiles)}."] if lost.profiles else []
    if lost.requests:
        lines.append(f"Demandes en cours annulées\u00a0: {len(lost.requests)}.")
    if lost.sent:
        lines.append(f"Invitations que vous avez envoyées, annulées\u00a0: {len(lost.sent)}.")
    return lines
