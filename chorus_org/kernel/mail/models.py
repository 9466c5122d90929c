"""Mails: what is to be said to whom, and whether it was. The row is the truth; a job only calls for it to be sent.

A mail waits (`due_at`), or was taken by the mail server (`sent_at`), or was given up (`failed_at`): one of the three.
"""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from procrastinate.contrib.django.models import ProcrastinateJob

from chorus_org.kernel.common.models import LockingQuerySet, PublicModel

KEY = "mail-"


class MailQuerySet(LockingQuerySet):
    def waiting(self) -> Self:
        return self.filter(due_at__isnull=False)

    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)

    def given_up(self) -> Self:
        """The dead letters: nothing will send them but an operator."""
        return self.filter(failed_at__isnull=False)

    def taken(self, pk: int) -> Any:
        """The mail if it waits and nobody is sending it, held until the end of the transaction; else none."""
        held = self.waiting().select_for_update(of=("self",), no_key=True, skip_locked=True)
        return held.filter(pk=pk).first()

    def lost(self, since: datetime) -> Self:
        """Those due since before then for which no job waits, and that nobody is sending: held, oldest first."""
        key = Concat(Value(KEY), Cast(OuterRef("pk"), models.TextField()))
        calls = ProcrastinateJob.objects.filter(status="todo", queueing_lock=key)
        late = self.filter(~Exists(calls), due_at__lt=since).order_by("due_at", "pk")
        return late.select_for_update(of=("self",), no_key=True, skip_locked=True)


class Mail(PublicModel):
    kind = models.CharField("nature", max_length=100)
    recipient = models.EmailField("destinataire", max_length=254, db_index=True)
    subject = models.CharField("objet", max_length=200)
    text = models.TextField("texte", blank=True)
    html = models.TextField("texte mis en forme", blank=True)
    message_id = models.CharField("identifiant du message (Message-ID)", max_length=255)
    created_at = models.DateTimeField("demandé le")
    due_at = models.DateTimeField("à envoyer le", null=True)
    sent_at = models.DateTimeField("envoyé le", null=True)
    failed_at = models.DateTimeField("abandonné le", null=True)
    bulk = models.BooleanField("envoi en nombre", default=False)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    last_error = models.CharField("dernière erreur", max_length=100, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        constraints = [
            models.UniqueConstraint(
                name="mail_message_id_unique",
                fields=["message_id"],
                violation_error_message="Un autre courriel a déjà ce Message-ID.",
            ),
            models.CheckConstraint(
                name="mail_has_one_state",
                condition=Q(due_at__isnull=False, sent_at__isnull=True, failed_at__isnull=True)
                | Q(due_at__isnull=True, sent_at__isnull=False, failed_at__isnull=True)
                | Q(due_at__isnull=True, sent_at__isnull=True, failed_at__isnull=False),
                violation_error_message="Un courriel est à envoyer, ou envoyé, ou abandonné.",
            ),
        ]
        indexes = [
            models.Index(name="mail_waiting", fields=["due_at", "id"], condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def key(self) -> str:
        """The name under which a job waits for this mail."""
        return f"{KEY}{self.pk}"
