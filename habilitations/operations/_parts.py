"""What several operations do to attachments and to the rows that these carry, to many at once.

A part takes neither lock nor savepoint: its callers hold the rows, checked them, and refuse in words. It asks the same
number of queries for one attachment and for a hundred.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.enums import InvitationStatus, RequestKind, RequestStatus
from habilitations.holdings import carried, invitations_lost, requests_at
from habilitations.models import ApprovalRequest, Attachment, Invitation
from structures.profiles import Profile

Given = Sequence[tuple[Attachment, Collection[Profile]]]


@transaction.atomic(savepoint=False)
def open_many(*, openings: Given, by: Any, at: datetime) -> None:
    """Write new attachments, each with the profiles that it brings; a request for one of them is answered by it.

    :param openings: attachments with their user, structure and service; users and structures are locked.
    """
    attachments = [attachment for attachment, _ in openings]
    Attachment.objects.bulk_create(attachments)
    Event.objects.record_many(
        Event.of(Kind.ATTACHMENT_OPENED, by=by, subject=each.user, scope=each.structure, at=at, service=_service(each))
        for each in attachments
    )
    grant_many(given=openings, by=by, at=at)
    _answer_requests(openings, by=by, at=at)


@transaction.atomic(savepoint=False)
def end_many(*, attachments: Sequence[Attachment], by: Any, at: datetime) -> None:
    """End attachments in force, take back the profiles that each carries, and all that waits because of it.

    :param attachments: locked after their structures.
    """
    held = carried(attachments)
    for model, rows in ROWS.items():
        gone = [pk for each in attachments if each.level is model for pk in held[each.pk].values()]
        if gone:
            rows.objects.filter(pk__in=gone).delete()
    for attachment in attachments:
        attachment.ended_at, attachment.ended_by = at, by
    Attachment.objects.filter(pk__in=[attachment.pk for attachment in attachments]).update(ended_at=at, ended_by=by)
    Event.objects.record_many(
        event
        for each in attachments
        for event in (
            *_revoked(each, held[each.pk], by=by, at=at),
            Event.of(
                Kind.ATTACHMENT_ENDED, by=by, subject=each.user, scope=each.structure, at=at, service=_service(each)
            ),
        )
    )
    _drop_requests(attachments, by=by, at=at)
    drop_invitations(invitations=invitations_lost(attachments), by=by, at=at)


@transaction.atomic(savepoint=False)
def grant_many(*, given: Given, by: Any, at: datetime) -> list[set[Profile]]:
    """Give each attachment's person these profiles, on what it attaches to.

    :param given: the attachments are in force, and locked after their structures.
    :returns: of each, the profiles that were not held yet.
    """
    held = carried([attachment for attachment, _ in given])
    granted = [(attachment, set(profiles) - held[attachment.pk].keys()) for attachment, profiles in given]
    for model, rows in ROWS.items():
        new = [
            rows(user_id=attachment.user_id, permission_id=pk, content_object=attachment.target, **_signed(by, at))
            for attachment, profiles in granted
            if attachment.level is model
            for pk in permissions.ids(model, profiles)
        ]
        if new:
            rows.objects.bulk_create(new)
    Event.objects.record_many(
        Event.of(
            Kind.PROFILES_GRANTED,
            by=by,
            subject=each.user,
            scope=each.structure,
            at=at,
            service=_service(each),
            profiles=sorted(profiles),
        )
        for each, profiles in granted
        if profiles
    )
    return [profiles for _, profiles in granted]


@transaction.atomic(savepoint=False)
def revoke_many(*, taken: Given, by: Any, at: datetime) -> list[set[Profile]]:
    """Take back from each attachment's person these profiles, on what it attaches to.

    :param taken: the attachments are locked after their structures.
    :returns: of each, the profiles that were held.
    """
    held = carried([attachment for attachment, _ in taken])
    gone = [(attachment, held[attachment.pk].keys() & set(profiles)) for attachment, profiles in taken]
    for model, rows in ROWS.items():
        ids = [held[each.pk][profile] for each, profiles in gone if each.level is model for profile in profiles]
        if ids:
            rows.objects.filter(pk__in=ids).delete()
    Event.objects.record_many(event for each, profiles in gone for event in _revoked(each, profiles, by=by, at=at))
    if unable := [each for each, profiles in gone if Profile.ORGANISATION_MODIFICATION in profiles]:
        drop_invitations(invitations=invitations_lost(unable, received=False), by=by, at=at)
    return [profiles for _, profiles in gone]


@transaction.atomic(savepoint=False)
def drop_invitations(*, invitations: QuerySet, by: Any, at: datetime) -> None:
    """Take back invitations that wait, because of whom they were sent to or by."""
    lost = list(invitations.select_related("structure", "service"))
    if not lost:
        return
    Invitation.objects.filter(pk__in=[each.pk for each in lost]).update(
        status=InvitationStatus.CANCELLED, settled_at=at
    )
    Event.objects.record_many(
        Event.of(Kind.INVITATION_CANCELLED, by=by, subject=each, scope=each.structure, at=at, service=_service(each))
        for each in lost
    )


def _answer_requests(openings: Given, *, by: Any, at: datetime) -> None:
    """Who asked and is attached otherwise waits for nothing any more."""
    profiles = {_key(attachment): sorted(profiles) for attachment, profiles in openings}
    answered = [
        request
        for request in requests_at([attachment for attachment, _ in openings]).filter(kind=RequestKind.ATTACHMENT)
        if _key(request) in profiles
    ]
    for request in answered:
        request.decide(RequestStatus.APPROVED, by=by, at=at)
        request.granted = profiles[_key(request)]
    _write(answered, Kind.REQUEST_APPROVED, by=by, at=at)


def _drop_requests(attachments: Sequence[Attachment], *, by: Any, at: datetime) -> None:
    """What a person asks where they were attached goes with the attachment."""
    levels = {_key(attachment) for attachment in attachments}
    dropped = [request for request in requests_at(attachments) if _key(request) in levels]
    for request in dropped:
        request.decide(RequestStatus.WITHDRAWN, by=by, at=at)
    _write(dropped, Kind.REQUEST_WITHDRAWN, by=by, at=at)


def _write(requests: Sequence[ApprovalRequest], kind: Kind, *, by: Any, at: datetime) -> None:
    if requests:
        ApprovalRequest.objects.bulk_update(requests, ["status", "decided_by", "decided_at", "granted"])
        Event.objects.record_many(each.event(kind, by=by, at=at) for each in requests)


def _key(each: Attachment | ApprovalRequest) -> tuple[int, int, int | None]:
    user = each.user_id if isinstance(each, Attachment) else each.requester_id
    return user, each.structure_id, each.service_id


def _signed(by: Any, at: datetime) -> dict[str, Any]:
    return {"granted_by": by, "granted_at": at}


def _revoked(attachment: Attachment, held: Collection[Profile], *, by: Any, at: datetime) -> list[Event]:
    if not held:
        return []
    event = Event.of(
        Kind.PROFILES_REVOKED,
        by=by,
        subject=attachment.user,
        scope=attachment.structure,
        at=at,
        service=_service(attachment),
        profiles=sorted(held),
    )
    return [event]


def _service(attachment: Attachment | Invitation) -> str | None:
    return str(attachment.service.public_id) if attachment.service else None
