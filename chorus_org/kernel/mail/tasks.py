"""What the worker does for mails."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chorus_org.kernel.common.background import periodic
from chorus_org.kernel.mail import operations


@app.task(name=operations.SEND)
def send(mail_id: int) -> None:
    operations.send_mail(mail_id=mail_id, at=timezone.now())


periodic("* * * * *", operations.rescue_mails)
periodic("17 3 * * *", operations.purge_mails)
