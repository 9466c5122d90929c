"""What the worker does for requests, and for attachments that were to end."""

from datetime import datetime

from chorus_org.kernel.common.background import each, periodic
from habilitations.models import ApprovalRequest, Attachment
from habilitations.models.approval import LASTS
from habilitations.operations.attachments import end_as_planned
from habilitations.operations.requests import expire


def expire_requests(*, at: datetime) -> None:
    """Let lapse what nobody answered, each in a transaction of its own."""
    late = ApprovalRequest.objects.pending().filter(asked_at__lte=at - LASTS)
    each("request_id", late.order_by("pk").values_list("pk", flat=True), expire, at=at)


def end_planned_attachments(*, at: datetime) -> None:
    """End what was to end by now, each in a transaction of its own."""
    due = Attachment.objects.filter(ended_at=None, ends_at__lte=at)
    each("attachment_id", due.order_by("pk").values_list("pk", flat=True), end_as_planned, at=at)


periodic("23 4 * * *", expire_requests)
periodic("*/15 * * * *", end_planned_attachments)
