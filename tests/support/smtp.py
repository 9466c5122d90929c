"""A mail server in the test process, with whims: it may refuse, hang, or drop the line."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class MailServer:
    """What the server took, in order, and how it answers: an answer of SMTP, or `hang`, or `drop`.

    `to_recipient` is said to RCPT, `to_content` once the content has come. With `drop_after_taking`, the mail is taken
    and the line breaks before the answer.
    """

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.to_recipient = self.to_content = "250 OK"
        self.drop_after_taking = False
        self.when_taken: Callable[[], None] = lambda: None
        self.hanging, self.released = Event(), Event()
        self.port = 0

    @property
    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.taken]

    def release(self) -> None:
        """Say yes to those that hang, and hang no more."""
        self.to_recipient = self.to_content = "250 OK"
        self.released.set()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        answer = await self._answer(server, self.to_recipient)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self._answer(server, self.to_content)
        if answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content))
            self.when_taken()
            if self.drop_after_taking:
                return await self._answer(server, "drop")
        return answer

    async def _answer(self, server: SMTP, answer: str) -> str:
        if answer == "hang":
            self.hanging.set()
            while not self.released.is_set():
                await asyncio.sleep(0.01)
            return "250 OK"
        if answer == "drop":
            server.transport.abort()
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a server on a free port for the time of the block."""
    server = MailServer()
    with socket.socket() as free:
        free.bind((HOST, 0))
        server.port = free.getsockname()[1]
    controller = Controller(server, hostname=HOST, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        server.release()
        controller.stop(no_assert=True)
