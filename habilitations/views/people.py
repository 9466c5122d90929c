"""« Utilisateurs », and what its pages about a person begin with: choosing who it is."""

from datetime import datetime
from typing import NoReturn

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common.refusals import NotAllowed
from habilitations import policies
from habilitations.forms.people import PersonForm
from habilitations.reach import Reach
from services.views import whom_to_ask
from structures.models import Structure
from structures.profiles import Profile

WHO_MAY_READ = "Voir les personnes rattachées demande le profil «\u00a0Organisation consultation\u00a0»."


@require_safe
def tiles(request: HttpRequest) -> HttpResponse:
    """« Utilisateurs »: what one may do with people and their rights; where one may not, who may."""
    at = timezone.now()
    managing, reading = (
        Reach(request.user, profile, at).structures.exists()
        for profile in (policies.ATTACH, Profile.ORGANISATION_CONSULTATION)
    )
    whom = "" if managing and reading else whom_to_ask(Structure.objects.visible_to(request.user, at=at))
    context = {
        "managing": "" if managing else f"Réservé à ceux qui gèrent une structure.{whom}",
        "reading": "" if reading else f"Réservé à ceux qui détiennent «\u00a0Organisation consultation\u00a0».{whom}",
    }
    return render(request, "habilitations/users.html", context)


def choose(request: HttpRequest, profile: Profile, who_may: str, *, at: datetime) -> PersonForm:
    """Which person the page is about, as its address or its form says.

    :param profile: what the page takes, on the structure or on the service.
    :raises NotAllowed: the person holds it nowhere; `who_may` says who does.
    """
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET  # what is chosen stands in the address: nothing typed is lost
    chosen = PersonForm(asked, reach=Reach(request.user, profile, at))
    if chosen.is_empty:
        refuse_nowhere(request, who_may, at=at)
    if chosen.is_valid() or not sent:
        chosen.forgive()
    return chosen


def refuse_nowhere(request: HttpRequest, who_may: str, *, at: datetime) -> NoReturn:
    """Refuse a page to who may use it nowhere, and name whom to ask where they work.

    :raises NotAllowed: always.
    """
    raise NotAllowed(who_may + whom_to_ask(Structure.objects.visible_to(request.user, at=at)))
