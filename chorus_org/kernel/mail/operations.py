"""The life of a mail: queued with the decision it tells, sent once, tried again for a day, given up, sent again."""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from chorus_org.kernel.common.background import defer, defer_many
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.rendering import render
from chorus_org.kernel.mail.transport import hand_over, is_final, told

SEND = "mail.send"  # the name of the job, registered in `tasks`
DELAYS = [timedelta(minutes=4**n) for n in range(6)]  # 1 minute, 4, … 17 hours: 22 h 45 in all
PATIENCE = timedelta(seconds=30)  # a mail due for longer, that no job waits for, was dropped by a worker that died
KEPT = timedelta(days=90)  # what remains of a mail once it is over, for those who ask whether it left

logger = logging.getLogger(__name__)


class MailRefused(Refusal):
    """A mail was not put back into the queue."""


@dataclass(frozen=True)
class Letter:
    """What one person is told: an address in its canonical form, from the database, and what the template shows."""

    to: str
    context: dict[str, Any]


@transaction.atomic(savepoint=False)
def queue_mail(*, kind: str, to: str, at: datetime, bulk: bool = False, **context: Any) -> Mail:
    """Have a mail sent if, and as soon as, the transaction that decides is committed (`queue_mails`, for one)."""
    [mail] = queue_mails(kind=kind, letters=[Letter(to, context)], at=at, bulk=bulk)
    return mail


@transaction.atomic(savepoint=False)
def queue_mails(*, kind: str, letters: Iterable[Letter], at: datetime, bulk: bool = False) -> list[Mail]:
    """Have one mail a letter sent, if and as soon as the transaction that decides is committed: two queries in all.

    :param kind: « users/activation » for `templates/users/mail/activation.txt` (`chorus_org.kernel.mail.rendering`).
    :param bulk: among many that nobody waits for: every other mail goes before them.
    :param letters: no secret in the subject: it outlives the text.
    :raises TemplateDoesNotExist: there is no such mail.
    """
    mails = Mail.objects.bulk_create(_written(kind, letter, bulk=bulk, at=at) for letter in letters)
    if mails:
        defer_many(SEND, {mail.key: {"mail_id": mail.pk} for mail in mails}, last=bulk)
    return mails


def _written(kind: str, letter: Letter, *, bulk: bool, at: datetime) -> Mail:
    rendered, public_id = render(kind, letter.context), uuid.uuid4()
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return Mail(
        public_id=public_id,
        kind=kind,
        recipient=letter.to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"<{public_id}@{domain}>",
        bulk=bulk,
        created_at=at,
        due_at=at,
    )


@transaction.atomic
def send_mail(*, mail_id: int, at: datetime) -> None:
    """Hand a waiting mail to the server, and mark it as sent in the same breath; refused, try later or give up.

    A mail that does not wait any more, or that another worker is sending, is left alone: a job may come twice. Killed
    between the server's answer and the mark, the next try sends the same Message-ID.
    """
    mail = Mail.objects.taken(mail_id)
    if not mail:
        return
    mail.attempts += 1
    try:
        hand_over(mail, at=at)
    except Exception as error:  # whatever it is, the mail must neither be lost nor block those behind it
        _put_off(mail, error, at)
    else:
        mail.due_at, mail.sent_at, mail.last_error = None, at, ""
        if not settings.MAIL_KEEPS_BODIES:
            mail.text = mail.html = ""
        logger.info("%s sent", mail.public_id)
    mail.save()


@transaction.atomic
def resend_mail(*, mail_id: int, by: Any, at: datetime) -> None:
    """Put a dead letter back into the queue, as it was written, for another day of tries.

    Who may ask for it is the caller's to check (`chorus_org.kernel.mail.admin`).

    :raises MailRefused: it is no dead letter (any more).
    """
    mail = Mail.objects.locked(mail_id)
    if not mail.failed_at:
        raise MailRefused("Ce courriel n’est pas abandonné\u00a0: il n’y a rien à renvoyer.")
    mail.failed_at, mail.due_at, mail.attempts = None, at, 0
    mail.save()
    _call(mail)
    Event.objects.record(Kind.MAIL_RESENT, by=by, subject=mail, at=at)


@transaction.atomic
def rescue_mails(*, at: datetime) -> None:
    """Call again for each mail that is due and that nothing will send: its worker was killed, or lost the database."""
    for mail in Mail.objects.lost(at - PATIENCE):
        mail.due_at = at
        mail.save(update_fields=["due_at"])
        _call(mail)
        logger.warning("%s rescued", mail.public_id)


@transaction.atomic
def purge_mails(*, at: datetime) -> None:
    """Forget what was over long ago, and what is left of jobs that failed or whose worker died."""
    Mail.objects.filter(Q(sent_at__lt=at - KEPT) | Q(failed_at__lt=at - KEPT)).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status <> 'todo' AND NOT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE procrastinate_workers.id = worker_id AND last_heartbeat > %s)",
            [at - timedelta(minutes=5)],
        )


def _put_off(mail: Mail, error: Exception, at: datetime) -> None:
    mail.last_error = told(error)
    if is_final(error) or mail.attempts > len(DELAYS):
        mail.due_at, mail.failed_at = None, at
        logger.error("%s given up after %d tries: %s", mail.public_id, mail.attempts, mail.last_error)
        return
    mail.due_at = at + DELAYS[mail.attempts - 1]
    _call(mail, mail.due_at)
    logger.warning("%s put off to %s: %s", mail.public_id, mail.due_at, mail.last_error)


def _call(mail: Mail, at: datetime | None = None) -> None:
    """Queue the job that sends the mail: at once, by the database's own clock, or not before a moment."""
    defer(SEND, key=mail.key, at=at, last=mail.bulk, mail_id=mail.pk)
