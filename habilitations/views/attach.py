"""« Rattacher un utilisateur » (guide, 3.3; domain, 6.4)."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import form_page, sent
from chorus_org.kernel.common.typed import typed
from habilitations import policies
from habilitations.forms.attach import AttachForm
from habilitations.operations import attachments
from habilitations.reach import Reach
from habilitations.views.people import refuse_nowhere

TITLE = "Rattacher un utilisateur"


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest) -> HttpResponse:
    """Attach a person by their address, or invite them: the answer is the same."""
    at = timezone.now()
    asked = {"structure": request.GET.getlist("structure")}
    form = AttachForm(typed(request), initial=asked, reach=Reach(request.user, policies.ATTACH, at), at=at)
    if form.is_empty:
        refuse_nowhere(request, policies.WHO_MAY_ATTACH, at=at)
    if "choisir" in request.POST:
        form.check_only()
    elif form.submit(attachments.attach_person, by=request.user, at=at):
        return sent(request, TITLE, "people:attach")
    return form_page(request, "habilitations/attach.html", form, title=TITLE)
