"""What ends sessions before their time."""

from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction


@transaction.atomic
def end_sessions(*, user_id: int, at: datetime, but: str | None = None) -> None:
    """Forget every session of an account, wherever it is open, but the one whose key is given.

    A session does not say whose it is but inside: each live one is read, which suits rare acts only.
    """
    live = Session.objects.filter(expire_date__gt=at)
    own = [session.pk for session in live.iterator() if session.get_decoded().get(SESSION_KEY) == str(user_id)]
    Session.objects.filter(pk__in=own).exclude(pk=but or "").delete()
