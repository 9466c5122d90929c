"""What the worker does for accounts."""

from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from chorus_org.kernel.common.background import each, periodic
from users.models import AccountRequest
from users.operations import accounts, login, requests, sessions

LATE = timedelta(seconds=30)  # unanswered for longer: the worker that had the job died


@app.task(name=requests.ANSWER)
def answer(request_id: int) -> None:
    requests.answer(request_id=request_id, at=timezone.now())


def answer_late(*, at: datetime) -> None:
    """Answer the requests whose job was lost with the worker that had it: none keeps the others waiting."""
    late = AccountRequest.objects.filter(created_at__lt=at - LATE).order_by("pk")
    each("request_id", late.values_list("pk", flat=True), requests.answer, at=at)


periodic("* * * * *", answer_late)
periodic("7 3 * * *", accounts.forget_unactivated)
periodic("27 3 * * *", login.purge_counters)
periodic("47 3 * * *", sessions.purge_sessions)
