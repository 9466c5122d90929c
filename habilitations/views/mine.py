"""« Mes rattachements » and « Mes habilitations »: what one may do, where, since when, by whom (domain, 1.6, 7.5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.paging import page
from habilitations import policies
from habilitations.holdings import rows_carried
from habilitations.models import Attachment
from habilitations.notifications import labels


@require_safe
def attachments(request: HttpRequest) -> HttpResponse:
    """Where I am attached, the latest first, ended ones included."""
    at = timezone.now()
    mine = Attachment.objects.of(request.user).select_related("structure", "service", "started_by")
    shown = page(mine, "-started_at", request.GET)
    for attachment in shown:
        attachment.shown_state = attachment.state(at)
        attachment.may_leave = not attachment.ended_at and not policies.is_manager(attachment)
    return render(request, "habilitations/attachments.html", {"attachments": shown})


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """What I may do, by structure and service."""
    at = timezone.now()
    mine = Attachment.objects.live(at).of(request.user).select_related("structure", "service")
    shown = page(mine, "-started_at", request.GET)
    held = rows_carried(shown.rows)
    for attachment in shown:
        rows = held[attachment.pk]
        attachment.heading = f"rattachement-{attachment.pk}"
        attachment.held = labels(rows)
        attachment.last = max(rows.values(), key=lambda row: (row.granted_at, row.pk), default=None)
    return render(request, "habilitations/profiles.html", {"attachments": shown})
