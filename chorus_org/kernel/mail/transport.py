"""Handing a mail to the mail server, and reading its refusals."""

import smtplib
from datetime import datetime
from email.utils import format_datetime

from django.core.mail import EmailMultiAlternatives

from chorus_org.kernel.mail.models import Mail


def hand_over(mail: Mail, *, at: datetime) -> None:
    """Return once the server has taken the mail. A second time, the mail has the same Message-ID.

    :raises Exception: it has not, or we cannot know: the line broke before its answer.
    """
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=[mail.recipient],
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    message.send()


def is_final(error: Exception) -> bool:
    """Whether the server will never take this mail: the recipient or the content is refused with a code 5xx.

    Any other refusal (the sender, a password, the greeting) is the fault of a setting or of a moment.
    """
    return isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) and (_code(error) or 0) >= 500


def told(error: Exception) -> str:
    """What happened, without what the server says, which may name a person: « SMTPDataError 451 »."""
    code = _code(error)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(code for code, _ in error.recipients.values())
    return getattr(error, "smtp_code", None)
