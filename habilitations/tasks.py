"""What the worker does for accounts and their rights."""

import logging
from datetime import datetime

from chorus_org.common.background import periodic
from habilitations.idle import to_erase, to_suspend, to_warn
from habilitations.operations.idle import erase, suspend_unused, warn

logger = logging.getLogger(__name__)


def age_accounts(*, at: datetime) -> None:
    """Warn, suspend and erase whom it is time to, each in a transaction of its own: none keeps the others waiting."""
    for due, act in ((to_warn, warn), (to_suspend, suspend_unused), (to_erase, erase)):
        for user_id in due(at).values_list("pk", flat=True):
            try:
                act(user_id=user_id, at=at)
            except Exception:
                logger.exception("account %d not aged", user_id)


periodic("17 4 * * *", age_accounts)
