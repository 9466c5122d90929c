"""How an operation, or a page, says no."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied


class Refusal(Exception):
    """An operation declined to act; the message is a French sentence that a person can read as it is.

    Each family of operations raises its own subclass.

    :param message: what is wrong and what to do next.
    :param field: the form field that the sentence speaks of, if there is one.
    """

    status: ClassVar[int] = 422  # of the page that shows it
    until: datetime | None = None  # before which it is no use to try again

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(PermissionDenied):
    """A page that the person may know of but not use (403); the message says, in French, who may."""
