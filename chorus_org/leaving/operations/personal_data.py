"""A person takes what the portal knows of them."""

from datetime import datetime

from django.db import transaction

from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.leaving.personal_data import archive
from users.models import User


@transaction.atomic
def take_data(*, by: User, at: datetime) -> bytes:
    """The zip of one's own data; that it was taken is part of the history, and so of the next one."""
    found = archive(by, at=at)
    Event.objects.record(Kind.DATA_TAKEN, by=by, subject=by, at=at)
    return found
