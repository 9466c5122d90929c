"""All that the portal knows of a person, as a file that they take along (domain, 11; RGPD, articles 15 and 20)."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.timezone import localtime

from chorus_org.information.models import Ticket
from chorus_org.kernel.journal.kinds import DETAILS
from chorus_org.kernel.journal.models import Event
from habilitations.models import (
    Absence,
    ApprovalRequest,
    Attachment,
    Invitation,
    Proposal,
    ServiceHabilitation,
    StructureHabilitation,
)
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from users import personal_data as users
from users.models import User
from users.personal_data import Part, row

PROFILES = dict(Profile.choices)
STYLE = settings.BASE_DIR / "static" / "css" / "data.css"


def archive(user: User, *, at: datetime) -> bytes:
    """A zip of what is known: `donnees.json` for machines, `donnees.html` to be read, with its style."""
    found = parts(user, at=at)
    told = {"etabli_le": localtime(at)} | {slugify(part.title).replace("-", "_"): part.rows for part in found}
    read = [
        Part(part.title, [{name: _readable(value) for name, value in row.items()} for row in part.rows])
        for part in found
    ]
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as file:
        file.writestr("donnees.json", json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        file.writestr("donnees.html", render_to_string("leaving/data_file.html", {"parts": read, "at": at}))
        file.writestr("donnees.css", STYLE.read_text())
    return written.getvalue()


def parts(user: User, *, at: datetime) -> list[Part]:
    """What the account says (`users.personal_data`), then what the person may do, and what was decided."""
    managed = Structure.objects.filter(principal_manager=user).order_by("name_key", "pk")
    return [
        *users.parts(user, at=at),
        Part("Les structures que vous gérez", [row(structure, "identifier", "legal_name") for structure in managed]),
        Part("Vos rattachements", list(_attachments(user))),
        Part("Vos habilitations", list(_habilitations(user))),
        Part("Vos demandes", list(_requests(user))),
        Part(
            "Les structures publiques que vous avez demandées",
            [
                row(one, "identifier", "legal_name", "comment", "asked_at", "decided_at", "reason_text")
                for one in Proposal.objects.of(user).order_by("pk")
            ],
        ),
        Part(
            "Vos questions au support",
            [
                row(one, "email", "subject", "message", "opened_at")
                for one in Ticket.objects.filter(user=user).order_by("pk")
            ],
        ),
        Part("Les invitations reçues", list(_invitations(Invitation.objects.to(user)))),
        Part("Les invitations envoyées", list(_invitations(Invitation.objects.filter(invited_by=user), named=True))),
        Part("Votre absence", [row(one, "absent_from", "absent_until") for one in Absence.objects.filter(user=user)]),
        Part("Votre historique", list(_events(user))),
    ]


def _attachments(user: User) -> Iterator[dict[str, Any]]:
    for attachment in Attachment.objects.of(user).select_related("structure", "service").order_by("pk"):
        yield _level(attachment.structure, attachment.service) | row(
            attachment, "started_at", "ends_at", "ended_at", "end_reason"
        )


def _requests(user: User) -> Iterator[dict[str, Any]]:
    for request in ApprovalRequest.objects.of(user).select_related("structure", "service").order_by("pk"):
        yield (
            _level(request.structure, request.service)
            | {
                "nature": request.get_kind_display(),
                "profils": [PROFILES[profile] for profile in request.profiles],
                "état": request.get_status_display(),
            }
            | row(request, "comment", "asked_at", "decided_at", "reason_text")
        )


def _invitations(invitations: QuerySet, *, named: bool = False) -> Iterator[dict[str, Any]]:
    """:param named: with the address that the person typed."""
    for one in invitations.select_related("structure", "service").order_by("pk"):
        yield (
            _level(one.structure, one.service)
            | ({"adresse": one.email} if named else {})
            | {"état": one.get_status_display()}
            | row(one, "sent_at", "expires_at", "settled_at")
        )


def _habilitations(user: User) -> Iterator[dict[str, Any]]:
    structures = StructureHabilitation.objects.filter(user=user).select_related("permission", "content_object")
    for one in structures.order_by("pk"):
        yield _level(one.content_object, None) | _profile(one)
    services = ServiceHabilitation.objects.filter(user=user).select_related("permission", "content_object__structure")
    for one in services.order_by("pk"):
        yield _level(one.content_object.structure, one.content_object) | _profile(one)


def _level(structure: Structure, service: Service | None) -> dict[str, Any]:
    return {"structure": str(structure), "service": str(service or "Toute la structure")}


def _profile(one: StructureHabilitation | ServiceHabilitation) -> dict[str, Any]:
    return {"profil": Profile(one.permission.codename).label} | row(one, "granted_at")


def _events(user: User) -> Iterator[dict[str, Any]]:
    """What was decided about the person, and by them; of others it says nothing but what was done."""
    concerned = Q(subject_id=user.public_id) | Q(actor_id=user.public_id)
    events = list(Event.objects.filter(concerned).order_by("at", "pk"))
    scopes = Structure.objects.filter(public_id__in={event.scope_id for event in events})
    names = {structure.public_id: str(structure) for structure in scopes}
    for event in events:
        mine = event.subject_id == user.public_id
        yield {
            "moment": localtime(event.at),
            "décision": event.get_kind_display(),
            "structure": names.get(event.scope_id, ""),
            "auteur": _author(event, user),
            "détails": _details(event) if mine else {},
        }


def _details(event: Event) -> dict[str, Any]:
    known = {DETAILS[key]: value for key, value in event.details.items() if value is not None}
    return {
        name: [PROFILES.get(one, one) for one in value] if isinstance(value, list) else value
        for name, value in known.items()
    }


def _author(event: Event, user: User) -> str:
    if event.actor_id is None:
        return "La plateforme"
    return "Vous" if event.actor_id == user.public_id else "Une autre personne"


def _readable(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, datetime):
        return f"{localtime(value):%d/%m/%Y %H:%M}"
    if isinstance(value, list):
        return ", ".join(map(_readable, value)) or _readable(None)
    if isinstance(value, dict):
        return "\u00a0; ".join(f"{name}\u00a0: {_readable(one)}" for name, one in value.items()) or _readable(None)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "Non renseigné" if value in (None, "") else str(value)
