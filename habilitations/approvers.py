"""Who may answer requests: an account that does not act never counts."""

from datetime import datetime

from django.db.models import QuerySet

from chorus_org.kernel.common import rights
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from users.models import User


def answerers(target: Structure | Service, *, at: datetime) -> QuerySet:
    """The people who validate attachments to a structure, or to one service."""
    return rights.gate().holders(User.objects.all(), Profile.RATTACHEMENT_VALIDATION, target, at=at)


def managers_of(target: Structure | Service, *, at: datetime) -> QuerySet:
    """Whom a request is told to: those who modify the organisation there; none of them active, who validates."""
    managing = rights.gate().holders(User.objects.all(), Profile.ORGANISATION_MODIFICATION, target, at=at)
    return managing if managing.exists() else answerers(target, at=at)
