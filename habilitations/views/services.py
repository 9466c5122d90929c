"""« Fermer un service »: it says whom it concerns, and asks what becomes of them (domain, 4.4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import form_page, sent
from chorus_org.kernel.common.typed import typed
from habilitations.forms.closing import CloseForm
from habilitations.models import ApprovalRequest, Attachment
from habilitations.operations import closing
from services.views import to_modify

SHOWN = 25


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a service, now or at a date."""
    service, at = to_modify(request, public_id), timezone.now()
    form = CloseForm(typed(request), service=service, at=at)
    if "choisir" in request.POST:
        form.check_only()
    elif form.submit(closing.close, service_id=service.pk, by=request.user, at=at):
        return sent(request, "Fermer un service", service)
    attached = Attachment.objects.live(at).filter(service=service).select_related("user")
    context = {
        "service": service,
        "people": list(attached.order_by("user__last_name", "pk")[: SHOWN + 1]),
        "shown": SHOWN,
        "waiting": ApprovalRequest.objects.pending().filter(service=service).count(),
    }
    return form_page(request, "habilitations/close_service.html", form, **context)
