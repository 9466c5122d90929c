"""What the worker does for requests."""

from datetime import datetime

from chorus_org.kernel.common.background import each, periodic
from habilitations.models import ApprovalRequest
from habilitations.models.approval import LASTS
from habilitations.operations.requests import expire


def expire_requests(*, at: datetime) -> None:
    """Let lapse what nobody answered, each in a transaction of its own."""
    late = ApprovalRequest.objects.pending().filter(asked_at__lte=at - LASTS)
    each("request_id", late.order_by("pk").values_list("pk", flat=True), expire, at=at)


periodic("23 4 * * *", expire_requests)
