"""What helps to decide on a request: what is known is said, what is unknown is said as unknown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.timesince import timesince
from django.utils.timezone import localtime

from chorus_org.kernel.common import rights
from habilitations import policies
from habilitations.enums import RequestKind
from habilitations.models import Absence, ApprovalRequest, Attachment
from habilitations.notifications import labels, level_of
from structures.models import Structure
from structures.profiles import Profile
from users.models import Identity, User

LATE = timedelta(days=7)  # after which a request that waits is marked
SHOWN = 5


@dataclass(frozen=True)
class Evidence:
    """
    :param same_domain: how many of those attached have a login address of the same mail domain, and of how many.
    :param siret: the SIRET that ProConnect gave with the person; empty where it gave none.
    :param former: their former requests to this structure, latest first.
    :param elsewhere: their attachments to structures that the reader may know of.
    """

    same_domain: tuple[int, int]
    siret: str
    former: list[ApprovalRequest]
    elsewhere: list[Attachment]

    @property
    def is_odd(self) -> bool:
        """Nobody attached shares the mail domain, where there is somebody."""
        same, everyone = self.same_domain
        return bool(everyone) and not same


def about(request: ApprovalRequest, *, reader: Any, at: datetime) -> Evidence:
    """What is known of who asks, as far as the reader may see it: 4 queries."""
    requester = request.requester
    attached = Attachment.objects.live(at).filter(structure=request.structure).exclude(user=requester)
    domain = requester.email.rpartition("@")[2]
    people = User.objects.filter(pk__in=attached.order_by().values("user"))
    counted = people.aggregate(all=Count("pk"), same=Count("pk", filter=Q(email__iendswith=f"@{domain}")))
    former = ApprovalRequest.objects.shown().of(requester).filter(structure=request.structure).exclude(pk=request.pk)
    elsewhere = Attachment.objects.live(at).of(requester).select_related("structure", "service")
    seen = Structure.objects.visible_to(reader, at=at)
    return Evidence(
        same_domain=(counted["same"], counted["all"]),
        siret=Identity.objects.filter(user=requester).exclude(siret="").values_list("siret", flat=True).first() or "",
        former=list(former.order_by("-asked_at")[:SHOWN]),
        elsewhere=list(elsewhere.filter(structure__in=seen).order_by("structure__name_key", "pk")[:SHOWN]),
    )


@dataclass(frozen=True)
class Answerers:
    """Who may answer a request: how many, and the names of those who manage a public structure.

    :param absent: how many of them are absent, where names are not said.
    """

    count: int
    names: list[str]
    absent: int


def who_answers(request: ApprovalRequest, *, at: datetime) -> Answerers:
    """Who may answer: by name for a public structure, in number for a private one; only those whose account acts."""
    gate, profile = rights.gate(), policies.DECIDE[RequestKind(request.kind)]
    others = gate.holders(User.objects.exclude(pk=request.requester_id), profile, request.target, at=at)
    absences = Absence.objects.going_on(at).select_related("substitute")
    names = []
    if request.structure.is_public:
        managing = gate.holders(User.objects.all(), Profile.ORGANISATION_MODIFICATION, request.target, at=at)
        shown = list(managing.order_by("last_name", "first_name", "pk")[:SHOWN])
        away = {absence.user_id: absence for absence in absences.filter(user__in=shown)}
        names = [_named(one, away.get(one.pk)) for one in shown]
    absent = absences.filter(user__in=others.order_by().values("pk")).count()
    return Answerers(count=others.count(), names=names, absent=absent)


def _named(person: User, absence: Absence | None) -> str:
    if not absence:
        return str(person)
    instead = f", remplacé par {absence.substitute}" if absence.substitute else ""
    return f"{person} (absent jusqu’au {localtime(absence.absent_until):%d/%m/%Y}{instead})"


def waits(request: ApprovalRequest, *, at: datetime) -> str:
    """Since when a request has waited, where that is long: « 9 jours »."""
    is_late = request.is_pending and request.asked_at <= at - LATE
    return timesince(request.asked_at, at, depth=1) if is_late else ""


def what(request: ApprovalRequest) -> str:
    """A request in a sentence: « Rattachement à BANQUE DE FRANCE, service FI_COMPTA »."""
    where = level_of(request.structure, request.service)
    if request.kind == RequestKind.ATTACHMENT:
        return f"Rattachement à {where}"
    return f"Profils sur {where}\u00a0: {labels(request.profiles)}"
