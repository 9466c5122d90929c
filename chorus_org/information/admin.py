"""News and questions, as operators find them; each act is a page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone

from chorus_org.information import policies
from chorus_org.information.forms import AnswerForm
from chorus_org.information.models import News, Ticket
from chorus_org.information.operations import answer_ticket, close_ticket
from chorus_org.kernel.common.admin import ReadOnlyAdmin, as_public_id, asked, question, told
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed

ANSWER, CLOSE = "Répondre", "Clore la question"


@admin.register(News)
class NewsAdmin(ReadOnlyAdmin):
    list_display = ("title", "domain", "audience", "published_from", "published_until")
    list_filter = ("domain", "audience")
    ordering = ("-pk",)
    search_help_text = "Mots du titre, ou identifiant public."
    fields = (
        "title",
        "summary",
        "text",
        "domain",
        "audience",
        "published_from",
        "published_until",
        "changed_at",
        "public_id",
    )

    def acts(self, request: HttpRequest, obj: News) -> list[tuple[str, str]]:
        if not policies.may_write_news(request.user):
            return []
        return [
            ("Modifier", reverse("news:change", args=[obj.public_id])),
            ("Écrire une autre actualité", reverse("news:write")),
        ]

    def find(self, text: str) -> Q:
        """Those whose title has the text, or one by public id."""
        public_id = as_public_id(text)
        return Q(public_id=public_id) if public_id else Q(title__icontains=text)


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ("number", "subject", "email", "state", "opened_at", "closed_at")
    list_filter = ("state",)
    ordering = ("-pk",)
    search_help_text = "Numéro, adresse électronique, ou identifiant public."
    fields = (
        "number",
        "email",
        "user",
        "page",
        "subject",
        "message",
        "opened_at",
        "state",
        "closed_at",
        "closed_by",
        "given_answers",
        "public_id",
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/repondre/", view(self.answer), name="information_ticket_answer"),
            path("<int:pk>/clore/", view(self.close), name="information_ticket_close"),
            *super().get_urls(),
        ]

    @admin.display(description="numéro", ordering="pk")
    def number(self, ticket: Ticket) -> str:
        return ticket.number

    @admin.display(description="réponses")
    def given_answers(self, ticket: Ticket) -> str:
        return "\n\n".join(answer.text for answer in ticket.answers.order_by("pk")) or "Aucune"

    def acts(self, request: HttpRequest, obj: Ticket) -> list[tuple[str, str]]:
        if not (obj.is_open and policies.may_answer(request.user)):
            return []
        return [
            (ANSWER, reverse("admin:information_ticket_answer", args=[obj.pk])),
            (CLOSE, reverse("admin:information_ticket_close", args=[obj.pk])),
        ]

    @asked
    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Répondre »: the answer leaves by mail; 422 without one."""
        ticket, form = self._ticket(request, pk), AnswerForm(typed(request))
        if form.submit(answer_ticket, ticket_id=ticket.pk, by=request.user, at=timezone.now()):
            return told(request, ticket, messages.SUCCESS, f"La réponse part à {ticket.email}.")
        return question(request, ticket, ANSWER, [ticket.message], form)

    @asked
    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Clore la question »."""
        ticket, form = self._ticket(request, pk), Form(typed(request))
        if form.submit(close_ticket, ticket_id=ticket.pk, by=request.user, at=timezone.now()):
            return told(request, ticket, messages.SUCCESS, "La question est close.")
        return question(request, ticket, CLOSE, ["Plus aucune réponse n’est attendue."], form)

    def find(self, text: str) -> Q:
        """Those of an address, one by its number or its public id."""
        if public_id := as_public_id(text):
            return Q(public_id=public_id)
        number = text.strip().rpartition("-")[2]
        return Q(email=text.strip().lower()) | (
            Q(pk=int(number)) if number.isdecimal() and len(number) < 10 else Q(pk=None)
        )

    def _ticket(self, request: HttpRequest, pk: int) -> Ticket:
        if not policies.may_answer(request.user):
            raise NotAllowed(policies.WHO_MAY_ANSWER)
        return get_object_or_404(Ticket, pk=pk)
