"""« Mes rattachements » and « Mes habilitations »: what one may do, where, since when, by whom (domain, 1.6, 7.5)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.paging import page
from habilitations import permissions
from habilitations.backends import ROWS
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
    return render(request, "habilitations/attachments.html", {"attachments": shown})


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """What I may do, by structure and service."""
    at = timezone.now()
    mine = Attachment.objects.live(at).of(request.user).select_related("structure", "service")
    shown = page(mine, "-started_at", request.GET)
    held: dict[tuple[type, int], list] = {}
    for model, rows in ROWS.items():
        targets = [each.target.pk for each in shown if each.level is model]
        names = permissions.profiles_of(model)
        found = rows.objects.filter(user=request.user, content_object__in=targets).select_related("granted_by")
        for row in found.order_by("-granted_at", "pk"):
            held.setdefault((model, row.content_object_id), []).append((names[row.permission_id], row))
    for attachment in shown:
        rows_there = held.get((attachment.level, attachment.target.pk), [])
        attachment.heading = f"rattachement-{attachment.pk}"
        attachment.held = labels(profile for profile, _ in rows_there)
        attachment.last = rows_there[0][1] if rows_there else None
    return render(request, "habilitations/profiles.html", {"attachments": shown})
