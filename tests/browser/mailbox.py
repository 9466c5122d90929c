"""What a person finds in their mailbox: real mails, through a real mail server."""

import re

from tests.support.smtp import MailServer
from tests.support.worker import wait_until


def text_of(mailbox: MailServer, number: int, *, to: str) -> str:
    """The text of the mail of that number, once it has come."""
    wait_until(lambda: len(mailbox.taken) >= number)
    mail = mailbox.taken[number - 1]
    assert mail["To"] == to
    return mail.get_payload(0).get_payload(decode=True).decode().replace("\r\n", "\n")


def link_of(mailbox: MailServer, number: int, *, to: str) -> str:
    """The path that it leads to."""
    return re.search(r"/comptes/\S+[\w-]{43}/", text_of(mailbox, number, to=to)).group()
