"""Accounts that nobody activated."""

from datetime import datetime, timedelta

from django.db import transaction

from users.models import AccountState, User

KEPT = timedelta(days=7)


@transaction.atomic
def forget_unactivated(*, at: datetime) -> None:
    """Delete what was asked for a week ago and never activated: it is nobody's (security, 2.2)."""
    User.objects.filter(state=AccountState.A_ACTIVER, state_since__lt=at - KEPT).delete()
