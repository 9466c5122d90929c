"""What the worker does for the support."""

from datetime import datetime

from chorus_org.kernel.common.background import each, periodic
from chorus_org.operators.operations.recovery import recover
from users.models import Recovery


def recover_accounts(*, at: datetime) -> None:
    """Give back what the support promised 72 hours ago, each in a transaction of its own."""
    due = Recovery.objects.filter(due_at__lte=at).order_by("pk")
    each("user_id", due.values_list("user_id", flat=True), recover, at=at)


periodic("*/10 * * * *", recover_accounts)
