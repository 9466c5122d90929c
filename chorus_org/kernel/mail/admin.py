"""Mails, as operators see them: what was said to whom, and when; never the text, whose links may log in."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone

from chorus_org.kernel.common.admin import NOTHING, ReadOnlyAdmin, as_public_id, asked, question, told
from chorus_org.kernel.common.identifiers import canonical_email
from chorus_org.kernel.common.refusals import NotAllowed, Refusal
from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.operations import resend_mail

RESEND = "mail.resend_mail"
WHO_MAY_RESEND = "Renvoyer un courriel revient aux exploitants «\u00a0support\u00a0» et «\u00a0administrateur\u00a0»."


def may_resend(operator: Any) -> bool:
    """Whether the operator may put a dead letter back into the queue."""
    return operator.is_staff and operator.has_perm(RESEND)


class StateFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("a-envoyer", "À envoyer"), ("envoyes", "Envoyés"), ("abandonnes", "Abandonnés")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        states = {
            "a-envoyer": Mail.objects.waiting,
            "envoyes": Mail.objects.sent,
            "abandonnes": Mail.objects.given_up,
        }
        state = states.get(self.value() or "")
        return queryset.filter(pk__in=state()) if state else queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "recipient", "created_at", "sent_at", "due_at", "failed_at", "attempts", "last_error")
    list_filter = (StateFilter,)
    ordering = ("-pk",)
    search_help_text = "Adresse du destinataire, Message-ID, ou identifiant public."
    fields = (
        "subject",
        "kind",
        "recipient",
        "created_at",
        "sent_at",
        "due_at",
        "failed_at",
        "attempts",
        "last_error",
        "message_id",
        "public_id",
    )
    related = (("Historique", "journal.Event"),)

    def find(self, text: str) -> Q:
        """The mails of one address, or one mail by either of its ids."""
        if public_id := as_public_id(text):
            return Q(public_id=public_id)
        if text.startswith("<"):
            return Q(message_id=text)
        try:
            return Q(recipient=canonical_email(text))
        except ValidationError:
            return NOTHING

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.resend)
        return [path("<int:pk>/renvoyer/", view, name="mail_mail_resend"), *super().get_urls()]

    def acts(self, request: HttpRequest, obj: Mail) -> list[tuple[str, str]]:
        if not (obj.failed_at and may_resend(request.user)):
            return []
        return [("Renvoyer", reverse("admin:mail_mail_resend", args=[obj.pk]))]

    @asked
    def resend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Renvoyer » a dead letter."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not may_resend(request.user):
            raise NotAllowed(WHO_MAY_RESEND)
        mail = get_object_or_404(Mail, pk=pk)
        if request.method == "POST" or not mail.failed_at:
            try:
                resend_mail(mail_id=mail.pk, by=request.user, at=timezone.now())
            except Refusal as refusal:
                return told(request, mail, messages.WARNING, str(refusal))
            return told(request, mail, messages.SUCCESS, "Le courriel va être renvoyé.")
        lines = [
            f"Le courriel sera renvoyé à {mail.recipient}, tel qu’il a été écrit.",
            "Un lien qu’il contient peut avoir expiré.",
        ]
        return question(request, mail, "Renvoyer", lines)
