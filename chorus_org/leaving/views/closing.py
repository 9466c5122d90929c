"""Leaving the portal, and taking one's data along (domain, 2.8 and 11)."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from chorus_org.leaving.forms import CloseForm
from chorus_org.leaving.operations.closing import close_account
from chorus_org.leaving.operations.personal_data import take_data
from structures.models import Structure
from users.views.reauthentication import recently_proved


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def close(request: HttpRequest) -> HttpResponse:
    """« Désactiver mon compte »; who manages structures first hands them over."""
    form = CloseForm(typed(request))
    if form.submit(close_account, by=request.user, at=timezone.now()):
        logout(request)
        messages.success(request, "Votre compte est désactivé. Un message vient de partir, qui dit comment revenir")
        return redirect("home")
    managed = Structure.objects.filter(principal_manager=request.user, is_active=True).order_by("name_key", "pk")
    return form_page(request, "leaving/close.html", form, managed=managed)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def data(request: HttpRequest) -> HttpResponse:
    """« Télécharger mes données »: the page says what there is, its button gives it."""
    if request.method != "POST":
        return render(request, "leaving/data.html")
    at = timezone.now()
    name = f"mes-donnees-{timezone.localtime(at):%Y-%m-%d}.zip"
    return HttpResponse(
        take_data(by=request.user, at=at),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
