"""« Afficher un utilisateur » and « Mes contacts » (domain, 1.5 and 6.5)."""

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.lists import filtered
from chorus_org.kernel.common.text import Fold
from habilitations import policies
from habilitations.forms.contacts import ContactsFilter
from habilitations.holdings import carried
from habilitations.models import Absence, Attachment
from habilitations.notifications import labels
from habilitations.reach import NAMED, contacts_of
from habilitations.views.people import WHO_MAY_READ, choose
from structures.profiles import Profile, given

SHOWN = (  # of a contact
    "public_id",
    *(f"user__{column}" for column in NAMED),
    *("structure__legal_name", "structure__first_name", "structure__last_name", "structure__principal_manager"),
    "service__code",
)


@require_safe
def person(request: HttpRequest) -> HttpResponse:
    """A person of my structures or services: who they are, where they work, what they may do, since when, by whom."""
    at = timezone.now()
    chosen = choose(request, Profile.ORGANISATION_CONSULTATION, WHO_MAY_READ, at=at)
    context = {"filters": chosen, "attachment": chosen.attachment, "title": "Afficher un utilisateur"}
    if chosen.attachment:
        who = chosen.attachment.user
        live = Attachment.objects.live(at).of(who).select_related("structure", "service", "user", "started_by")
        levels = list(chosen.reach.within(live).order_by("structure__name_key", "pk"))
        held = carried(levels)
        for each in levels:
            each.held = labels(given(held[each.pk]))
            each.is_manager = policies.is_manager(each)
        target = chosen.attachment.target
        mine = rights.gate().profiles_on(request.user, [target], at=at)[target]
        context |= {
            "who": who,
            "levels": levels,
            "may_manage": policies.ATTACH in mine,
            "absence": Absence.objects.going_on(at).filter(user=who).select_related("substitute").first(),
            "grants_url": chosen.address("people:grants"),
            "detach_url": chosen.address("people:detach"),
        }
    return render(request, "habilitations/person.html", context)


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Who shares my structures and services, who manages them, who may approve."""
    at = timezone.now()
    name = Fold(Concat("user__last_name", Value(" "), "user__first_name"))
    visible = contacts_of(request.user, at=at).alias(person_key=name)
    filters = ContactsFilter(request.GET)
    absences = Absence.objects.going_on(at).filter(user=OuterRef("user")).values("absent_until")
    shown = visible.select_related("user", "structure", "service").only(*SHOWN)
    shown = shown.annotate(absent_until=Subquery(absences))
    rows = filtered(request, shown, filters, "person_key")
    held = carried(rows.rows)
    for each in rows:
        does = given(held[each.pk])
        each.is_manager = policies.is_manager(each)
        each.manages = policies.ATTACH in does
        each.approves = Profile.RATTACHEMENT_VALIDATION in does
    return render(request, "habilitations/contacts.html", {"filters": filters, "rows": rows})
