"""What goes with attachments: the rows of rights of their own level, and what waits because of them.

A row is carried by the attachment of its own level (rights, « What is asked », 1).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import ApprovalRequest, Attachment, Invitation
from structures.profiles import Profile, ordered


def carried(attachments: Sequence[Attachment]) -> dict[int, dict[Profile, int]]:
    """{attachment: {profile: the row that gives it}}: one query for structures, one for services, where there are."""
    held: dict[int, dict[Profile, int]] = defaultdict(dict)
    for carriers, names, rows in _rows(attachments):
        for pk, user, target, permission in rows.values_list("pk", "user", "content_object", "permission"):
            if (user, target) in carriers:
                held[carriers[user, target]][names[permission]] = pk
    return held


def rows_carried(attachments: Sequence[Attachment]) -> dict[int, dict[Profile, Any]]:
    """As `carried`, each row with who gave it, and when."""
    held: dict[int, dict[Profile, Any]] = defaultdict(dict)
    for carriers, names, rows in _rows(attachments):
        for row in rows.select_related("granted_by"):
            if (row.user_id, row.content_object_id) in carriers:
                held[carriers[row.user_id, row.content_object_id]][names[row.permission_id]] = row
    return held


def _rows(attachments: Sequence[Attachment]) -> Iterator[tuple[dict[tuple[int, int], int], dict[int, Profile], Any]]:
    """Of each level: which attachment carries what is on whom and what, the names of profiles, and the rows."""
    for model, rows in ROWS.items():
        carriers = {(each.user_id, each.target.pk): each.pk for each in attachments if each.level is model}
        if carriers:
            users, targets = map(set, zip(*carriers, strict=True))
            found = rows.objects.filter(user__in=users, content_object__in=targets)
            yield carriers, permissions.profiles_of(model), found


@dataclass(frozen=True)
class Losses:
    """What ends with an attachment, the attachment itself aside.

    :param profiles: in the order of the catalogue, what they imply left out.
    :param requests: what its person asks there.
    :param received: invitations that wait for them there, :param sent: those that they sent.
    """

    profiles: list[Profile]
    requests: list[ApprovalRequest]
    received: list[Invitation]
    sent: list[Invitation]


def losses(attachment: Attachment) -> Losses:
    """What detaching would take: 3 queries."""
    invitations = list(invitations_lost([attachment]).select_related("structure", "service"))
    requests = requests_at([attachment]).filter(service=attachment.service_id)
    return Losses(
        profiles=ordered(carried([attachment])[attachment.pk]),
        requests=list(requests),
        received=[one for one in invitations if one.email == attachment.user.email],
        sent=[one for one in invitations if one.email != attachment.user.email],
    )


def requests_at(attachments: Sequence[Attachment]) -> QuerySet:
    """What waits for an answer of the people attached, in the structures where they are, at whatever level."""
    return (
        ApprovalRequest.objects.pending()
        .shown()
        .filter(
            requester__in={each.user_id for each in attachments},
            structure__in={each.structure_id for each in attachments},
        )
    )


def invitations_lost(attachments: Sequence[Attachment], *, received: bool = True) -> QuerySet:
    """The invitations that wait and end with these attachments: those that their people sent there, or were sent.

    Whoever is attached to a structure invites to its services too.

    :param received: False for those that they sent alone.
    """
    ways = []
    for each in attachments:
        there = Q(structure=each.structure_id) if each.service_id is None else Q(service=each.service_id)
        ways.append(Q(invited_by=each.user_id) & there)
        if received:
            ways.append(Q(email=each.user.email, structure=each.structure_id, service=each.service_id))
    return Invitation.objects.waiting().filter(reduce(or_, ways)).order_by("pk")
