"""What the portal knows of a person, in words, for themselves (RGPD, articles 15 and 20)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Model

from chorus_org.kernel.mail.models import Mail
from users.login.sessions import open_sessions
from users.models import Identity, Notice, User

FACTORS = dict(Authenticator.Type.choices)
OF_ACCOUNT = ("last_name", "first_name", "email", "phone", "work_address", "contact_email", "contact_confirmed_at")
DATES = ("created_at", "terms_accepted_at", "last_login", "state", "state_since", "warned_at")


@dataclass(frozen=True)
class Part:
    """A part of what is known: one row an object, each a value by its French name."""

    title: str
    rows: list[dict[str, Any]]


def parts(user: User, *, at: datetime) -> list[Part]:
    """What the account says, where it is open, what protects it, what was written to it."""
    notices = {"avis par courriel": [Notice(notice).label for notice in user.notices]}
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    mails = Mail.objects.filter(recipient__in={user.email, user.notices_email}).order_by("pk")  # boxes proved theirs
    return [
        Part("Votre compte", [row(user, *OF_ACCOUNT) | notices | row(user, *DATES)]),
        Part(
            "Votre double authentification",
            [
                {"facteur": FACTORS[one.type], "ajouté le": one.created_at, "utilisé le": one.last_used_at}
                for one in factors
            ],
        ),
        Part(
            "Votre identité ProConnect",
            [row(one, "subject", "siret", "linked_at") for one in Identity.objects.filter(user=user)],
        ),
        Part(
            "Vos sessions ouvertes",
            [
                {"appareil": one.device, "adresse réseau": one.address}
                | {"début": one.begun_at, "dernière activité": one.seen_at}
                for one in open_sessions(user, at=at)
            ],
        ),
        Part("Les courriels que vous avez reçus", [row(mail, "subject", "recipient", "sent_at") for mail in mails]),
    ]


def row(obj: Model, *names: str) -> dict[str, Any]:
    """Some fields of an object under the names that people read."""
    return {str(obj._meta.get_field(name).verbose_name): value(obj, name) for name in names}


def value(obj: Model, name: str) -> Any:
    """A field as people read it: the word of a choice, not its code."""
    shown = getattr(obj, f"get_{name}_display", None)
    return shown() if shown else getattr(obj, name)
