"""What the portal says to everybody (« Actualités »), and what people write to it (« Nous contacter »)."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chorus_org.information.markdown import rendered
from chorus_org.kernel.common.addresses import address_of
from chorus_org.kernel.common.models import LockingQuerySet, PublicModel

SUMMARY_MAX, TEXT_MAX = 300, 10_000
SUBJECT_MAX, MESSAGE_MAX = 120, 5_000


class NewsDomain(models.TextChoices):
    ORGANISATION = "ORGANISATION", "Organisation"
    ANNUAIRE = "ANNUAIRE", "Annuaire"
    COMPTES = "COMPTES", "Comptes"
    REFORME = "REFORME", "Réforme de la facturation"


class NewsAudience(models.TextChoices):
    """Whom a piece of news is for: one of the tabs « Vous êtes », or everybody."""

    TOUS = "TOUS", "Tous les publics"
    ENTREPRISE = "entreprise", "Entreprise"
    ENTITE_PUBLIQUE = "entite-publique", "Entité publique"
    PARTICULIER = "particulier", "Particulier"
    ASSOCIATION = "association", "Association"


class NewsQuerySet(LockingQuerySet):
    def published(self, at: datetime) -> Self:
        """What is to be read then; the end is exclusive."""
        return self.filter(Q(published_until=None) | Q(published_until__gt=at), published_from__lte=at)

    def latest(self, at: datetime) -> Self:
        return self.published(at).order_by("-published_from", "-pk")


class News(PublicModel):
    title = models.CharField("titre", max_length=150)
    summary = models.CharField("résumé", max_length=SUMMARY_MAX)
    text = models.TextField("texte", max_length=TEXT_MAX)
    domain = models.CharField("domaine", max_length=20, choices=NewsDomain, default=NewsDomain.ORGANISATION)
    audience = models.CharField("public", max_length=20, choices=NewsAudience, default=NewsAudience.TOUS)
    published_from = models.DateTimeField("publiée à partir du")
    published_until = models.DateTimeField("publiée jusqu’au", null=True, blank=True)
    changed_at = models.DateTimeField("modifiée le")

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = "actualité"
        verbose_name_plural = "actualités"
        permissions = [("write_news", "Peut écrire les actualités")]
        constraints = [
            models.CheckConstraint(
                name="news_ends_after_start",
                condition=Q(published_until=None) | Q(published_until__gt=F("published_from")),
                violation_error_code="published_until",
                violation_error_message="La fin de la publication doit être postérieure à son début.",
            ),
        ]
        indexes = [models.Index(fields=["-published_from", "-id"], name="news_latest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address_of("news:article", self.public_id)

    def is_published(self, at: datetime) -> bool:
        """Whether it is to be read: as `NewsQuerySet.published`."""
        return self.published_from <= at and (self.published_until is None or self.published_until > at)

    @property
    def html(self) -> str:
        return rendered(self.text)


class TicketState(models.TextChoices):
    OUVERT = "OUVERT", "Ouverte"
    FERME = "FERME", "Close"


class Ticket(PublicModel):
    email = models.EmailField("adresse électronique", max_length=254)
    subject = models.CharField("objet", max_length=SUBJECT_MAX)
    message = models.TextField("message", max_length=MESSAGE_MAX)
    page = models.CharField("page d’où l’on vient", max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="compte", on_delete=models.PROTECT, null=True, related_name="tickets"
    )
    state = models.CharField("état", max_length=10, choices=TicketState, default=TicketState.OUVERT)
    opened_at = models.DateTimeField("reçue le")
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="close par", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = "question"
        verbose_name_plural = "questions"
        permissions = [("answer_ticket", "Peut répondre aux questions")]
        constraints = [
            models.CheckConstraint(
                name="ticket_closed_together",
                condition=Q(state=TicketState.OUVERT, closed_at=None)
                | Q(state=TicketState.FERME, closed_at__isnull=False),
                violation_error_message="Une question close a une date, une question ouverte n’en a pas.",
            ),
        ]
        indexes = [models.Index(fields=["state", "-opened_at", "-id"], name="ticket_open")]

    def __str__(self) -> str:
        return f"{self.number} – {self.subject}"

    @property
    def number(self) -> str:
        """What a person quotes: the year, and a number."""
        return f"{self.opened_at:%Y}-{self.pk:06}"

    @property
    def is_open(self) -> bool:
        return self.state == TicketState.OUVERT


class Answer(models.Model):
    ticket = models.ForeignKey(Ticket, verbose_name="question", on_delete=models.PROTECT, related_name="answers")
    text = models.TextField("réponse", max_length=MESSAGE_MAX)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="écrite par", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "réponse"
        verbose_name_plural = "réponses"

    def __str__(self) -> str:
        return f"réponse {self.pk}"
