"""Writing news, and answering what people write to the support."""

from datetime import datetime
from typing import Any

from django.db import transaction

from chorus_org.information import policies
from chorus_org.information.models import Answer, News, Ticket, TicketState
from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.kernel.mail.operations import queue_mail
from users.login.limits import Limit, LimitReached, count, counter_key, from_moment, of_networks

FROM_ADDRESS, FROM_NETWORK = Limit(tries=5, window=policies.A_DAY), Limit(tries=30, window=policies.A_DAY)


class NewsRefused(Refusal):
    """News was not written."""


class TicketRefused(Refusal):
    """A question was not taken, answered or closed."""


@transaction.atomic
def write_news(*, news: News | None, by: Any, at: datetime, **fields: Any) -> News:
    """Write a piece of news, or change one.

    :param fields: the fields of `News` that a person fills in, by name.
    :raises NewsRefused: the operator may not, or a rule of the model is broken.
    """
    if not policies.may_write_news(by):
        raise NewsRefused(policies.WHO_MAY_WRITE)
    news = News.objects.locked(news.pk) if news else News()
    for name, value in fields.items():
        setattr(news, name, value)
    news.changed_at = at
    with refusing(News, NewsRefused):
        news.save()
    Event.objects.record(Kind.NEWS_WRITTEN, by=by, subject=news, at=at)
    return news


@transaction.atomic
def open_ticket(*, email: str, subject: str, message: str, page: str, address: str, by: Any, at: datetime) -> Ticket:
    """Take what somebody writes to the support; they get a copy with its number.

    :param address: the network address it comes from.
    :param by: their account, if they are logged in.
    :raises TicketRefused: too many came from this address or this network today.
    """
    limits = {
        counter_key("ticket.address", email): FROM_ADDRESS,
        **of_networks("ticket.network", address, FROM_NETWORK),
    }
    try:
        count(limits, at=at)
    except LimitReached as reached:
        start = from_moment(reached.until, at=at)
        refusal = TicketRefused(f"Trop de messages en une journée. Vous pourrez écrire de nouveau à partir {start}.")
        refusal.status, refusal.until = 429, reached.until
        raise refusal from reached
    ticket = Ticket.objects.create(email=email, subject=subject, message=message, page=page, user=by, opened_at=at)
    Event.objects.record(Kind.TICKET_OPENED, by=by, subject=ticket, at=at)
    _tell("information/ticket_opened", ticket, at=at, message=message)
    return ticket


@transaction.atomic
def answer_ticket(*, ticket_id: int, text: str, by: Any, at: datetime) -> Ticket:
    """Answer by mail; the question stays open until it is closed.

    :raises TicketRefused: the operator may not, or it is closed.
    """
    ticket = _open(ticket_id, by)
    Answer.objects.create(ticket=ticket, text=text, by=by, at=at)
    Event.objects.record(Kind.TICKET_ANSWERED, by=by, subject=ticket, at=at)
    _tell("information/ticket_answered", ticket, at=at, answer=text, message=ticket.message)
    return ticket


@transaction.atomic
def close_ticket(*, ticket_id: int, by: Any, at: datetime) -> Ticket:
    """Close a question: nothing more is expected.

    :raises TicketRefused: the operator may not, or it is closed.
    """
    ticket = _open(ticket_id, by)
    ticket.state, ticket.closed_at, ticket.closed_by = TicketState.FERME, at, by
    ticket.save(update_fields=["state", "closed_at", "closed_by"])
    Event.objects.record(Kind.TICKET_CLOSED, by=by, subject=ticket, at=at)
    return ticket


@transaction.atomic(savepoint=False)
def forget_tickets(*, user: Any) -> None:
    """Forget what a person wrote: they are erased."""
    Ticket.objects.filter(user=user).update(email="efface@invalid", subject="Effacé", message="Effacé", user=None)


def _open(ticket_id: int, by: Any) -> Ticket:
    ticket = Ticket.objects.locked(ticket_id)
    if not policies.may_answer(by):
        raise TicketRefused(policies.WHO_MAY_ANSWER)
    if not ticket.is_open:
        raise TicketRefused("Cette question est close.")
    return ticket


def _tell(kind: str, ticket: Ticket, *, at: datetime, **told: Any) -> None:
    queue_mail(kind=kind, to=ticket.email, at=at, number=ticket.number, subject_line=ticket.subject, **told)
