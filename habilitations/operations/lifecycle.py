"""Accounts and structures that stop acting, and act again. Suspending changes no habilitation row: the gate closes."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.journal.kinds import Kind
from chorus_org.journal.models import Event
from users.models import User


@transaction.atomic
def suspend_account(*, user_id: int, by: Any, at: datetime) -> None:
    """Close an account until it is opened again: its sessions end with its next click, its rights sleep.

    A session dies by itself, for Django loads no inactive person into a request.
    """
    user = User.objects.locked(user_id)
    if not user.is_active:
        return
    user.is_active = False
    user.save(update_fields=["is_active"])
    Event.objects.record(Kind.ACCOUNT_SUSPENDED, actor=by, subject=user, at=at)
