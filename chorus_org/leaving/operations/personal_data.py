"""A person takes what the portal knows of them."""

from datetime import datetime

from django.db import transaction

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.personal_data import archive
from users.models import User


@transaction.atomic
def take_data(*, actor: User, at: datetime) -> bytes:
    """The zip of one's own data; that it was taken is part of the history, and so of the next one."""
    found = archive(actor, at=at)
    Event.objects.record(Kind.DATA_TAKEN, actor=actor, subject=actor, at=at)
    return found
