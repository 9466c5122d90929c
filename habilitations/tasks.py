"""What the worker does for accounts and their rights."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from chorus_org.common.background import periodic
from habilitations.idle import to_erase, to_suspend, to_warn
from habilitations.operations.idle import erase, suspend_unused, warn
from habilitations.operations.recovery import recover
from users.models import Recovery

logger = logging.getLogger(__name__)


def age_accounts(*, at: datetime) -> None:
    """Warn, suspend and erase whom it is time to, each in a transaction of its own: none keeps the others waiting."""
    for due, act in ((to_warn, warn), (to_suspend, suspend_unused), (to_erase, erase)):
        _each(due(at), act, at)


def recover_accounts(*, at: datetime) -> None:
    """Give back what the support promised 72 hours ago, as above."""
    _each(Recovery.objects.filter(due_at__lte=at).order_by("pk"), recover, at)


def _each(rows: QuerySet, act: Callable[..., None], at: datetime) -> None:
    for user_id in rows.values_list("pk", flat=True):
        try:
            act(user_id=user_id, at=at)
        except Exception:
            logger.exception("%s failed for the account %d", act.__name__, user_id)


periodic("*/10 * * * *", recover_accounts)
periodic("17 4 * * *", age_accounts)
