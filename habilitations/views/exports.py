"""« Exporter les utilisateurs »: who is attached where I manage, with what they may do, as a file."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.exports import file_response
from chorus_org.kernel.common.paging import every
from chorus_org.kernel.common.refusals import NotAllowed
from habilitations import policies
from habilitations.holdings import carried
from habilitations.models import Attachment
from habilitations.notifications import labels
from services.views import whom_to_ask
from structures.models import Structure

COLUMNS = [
    *("Identifiant", "RaisonSociale", "CodeService", "Nom", "Prenom", "AdresseConnexion", "AdresseContact"),
    *("Profils", "RattacheLe", "FinPrevue", "GestionnairePrincipal"),
]
CHUNK = 500


@require_safe
def people(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """The live attachments of the structures that I manage, by structure and by name."""
    at = timezone.now()
    mine = Structure.objects.held_by(request.user, policies.ATTACH, at=at)
    if not mine.exists():
        raise NotAllowed(policies.WHO_MAY_ATTACH + whom_to_ask(Structure.objects.visible_to(request.user, at=at)))
    attached = Attachment.objects.live(at).filter(structure__in=mine.order_by().values("pk"))
    rows = attached.select_related("user", "structure", "service").order_by(
        "structure__name_key", "user__last_name", "user__first_name", "pk"
    )
    return file_response("utilisateurs", form, COLUMNS, _rows(every(rows)))


def _rows(attachments: Iterator[Attachment]) -> Iterator[list[Any]]:
    while chunk := list(islice(attachments, CHUNK)):
        held = carried(chunk)
        for each in chunk:
            structure, user = each.structure, each.user
            yield [
                structure.identifier,
                structure.name,
                each.service.code if each.service else "",
                user.last_name,
                user.first_name,
                user.email,
                user.contact_email,
                labels(held[each.pk]),
                f"{localtime(each.started_at):%d/%m/%Y}",
                f"{localtime(each.ends_at):%d/%m/%Y}" if each.ends_at else "",
                "oui" if structure.principal_manager_id == user.pk else "non",
            ]
