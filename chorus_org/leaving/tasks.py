"""What the worker does for accounts that nobody uses."""

from datetime import datetime

from chorus_org.kernel.common.background import each, periodic
from chorus_org.leaving.idle import to_erase, to_suspend, to_warn
from chorus_org.leaving.operations.idle import erase, suspend_unused, warn


def age_accounts(*, at: datetime) -> None:
    """Warn, suspend and erase whom it is time to, each in a transaction of its own: none keeps the others waiting."""
    for due, act in ((to_warn, warn), (to_suspend, suspend_unused), (to_erase, erase)):
        each("user_id", due(at).values_list("pk", flat=True), act, at=at)


periodic("17 4 * * *", age_accounts)
