"""What the worker does for accounts."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chorus_org.common.background import periodic
from users.operations import accounts, login, requests, sessions


@app.task(name=requests.ANSWER)
def answer(request_id: int) -> None:
    requests.answer(request_id=request_id, at=timezone.now())


periodic("* * * * *", requests.answer_late)
periodic("7 3 * * *", accounts.forget_unactivated)
periodic("27 3 * * *", login.purge_counters)
periodic("47 3 * * *", sessions.purge_sessions)
