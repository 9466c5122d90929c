"""Services: the subdivisions of a structure that receive its invoices (guide, section 2; domain, 4)."""

import re
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Collate, Lower
from django.utils.timezone import localtime

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.addresses import address_of
from chorus_org.kernel.common.models import PublicModel, RightsQuerySet
from services.enums import ServiceState
from structures.models import Structure
from structures.profiles import PERMISSIONS

CODE_SHAPE = re.compile(r"^[-_/a-zA-Z0-9]*\Z")  # of the codes that clients of the national directory take
CODE_MAX, LABEL_MAX, DESCRIPTION_MAX = 100, 100, 255


def active_q(at: datetime, prefix: str = "") -> Q:
    """The condition “active then” on services, or on what refers to them by `prefix`; the end is exclusive."""
    return Q(**{f"{prefix}active_from__lte": at, f"{prefix}deleted_at": None}) & (
        Q(**{f"{prefix}active_until": None}) | Q(**{f"{prefix}active_until__gt": at})
    )


class ServiceQuerySet(RightsQuerySet):
    def active(self, at: datetime) -> Self:
        return self.filter(active_q(at))

    def with_code_key(self) -> Self:
        """With `code_key`, the code whatever its case: what lists sort by, and `service_code_unique` compares."""
        return self.alias(code_key=Lower("code"))

    def coded(self, code: str) -> Self:
        """Those whose code is this one, whatever its case: what `service_code_unique` holds for the same."""
        return self.with_code_key().filter(code_key=Lower(Collate(Value(code), "C")))

    def in_state(self, state: str, at: datetime) -> Self:
        """Those of one state at that moment (`Service.state`), the deleted ones left out."""
        there = self.filter(deleted_at=None)
        if state == ServiceState.A_VENIR:
            return there.filter(active_from__gt=at)
        if state == ServiceState.INACTIF:
            return there.filter(active_until__lte=at)
        return there.active(at)

    def named(self, text: str) -> Self:
        """Those whose code or label holds each word of the text."""
        found = self
        for word in text.split():
            found = found.filter(Q(code__icontains=word) | Q(label__icontains=word))
        return found

    def readable_by(self, user: Any, *, at: datetime | None = None) -> Self:
        """The services whose page the person may open; the answer is the gate's."""
        return rights.gate().readable(self, user, at=at)

    def count_of(self, structure: str) -> Coalesce:
        """How many services each structure of an outer query has, as an annotation of it."""
        mine = self.filter(structure=OuterRef(structure), deleted_at=None).order_by().values("structure")
        return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0)

    def locked_with_structure(self, pk: int) -> "Service":
        """The service, locked after its structure, as every operation on a service that exists begins.

        :raises DoesNotExist: no such service.
        """
        Structure.objects.locked(self.values_list("structure", flat=True).get(pk=pk))
        return self.select_related("structure").locked(pk)

    def starting(self, *, after: datetime, before: datetime) -> Self:
        """Those whose activation begins between two moments."""
        return self.filter(active_from__gt=after, active_from__lte=before, deleted_at=None)


class Service(PublicModel):
    structure = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="services", db_index=False
    )
    code = models.CharField("code de service", max_length=CODE_MAX, db_collation="C")
    label = models.CharField("libellé du service", max_length=LABEL_MAX)
    description = models.CharField("description", max_length=DESCRIPTION_MAX, blank=True)
    active_from = models.DateTimeField("date de début d’activation")
    active_until = models.DateTimeField("date de fin d’activation", null=True, blank=True)
    engagement_required = models.BooleanField("le numéro d’engagement est obligatoire", default=False)
    created_at = models.DateTimeField("créé le")
    deleted_at = models.DateTimeField("supprimé le", null=True, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = "service"
        verbose_name_plural = "services"
        permissions = PERMISSIONS
        constraints = [
            models.UniqueConstraint(
                "structure",
                Lower("code"),
                name="service_code_unique",
                violation_error_code="code",
                violation_error_message="Ce code existe déjà dans cette structure. Choisissez-en un autre.",
            ),
            models.UniqueConstraint(fields=["id", "structure"], name="service_id_structure"),
            models.CheckConstraint(
                name="service_ends_after_start",
                condition=Q(active_until=None) | Q(active_until__gt=F("active_from")),
                violation_error_code="active_until",
                violation_error_message="La fin doit être postérieure au début.",
            ),
            models.CheckConstraint(
                name="service_code_shape",
                condition=Q(code__regex=r"^[^[:cntrl:][:space:]]([^[:cntrl:]]*[^[:cntrl:][:space:]])?$"),
                violation_error_code="code",
                violation_error_message="Saisissez un code de service, sans espace au début ni à la fin.",
            ),
            models.CheckConstraint(
                name="service_labelled",
                condition=Q(label__regex=r"[^[:space:]]"),
                violation_error_code="label",
                violation_error_message=(
                    "Saisissez le libellé du service, par exemple «\u00a0Service financier\u00a0»."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.label}"

    def get_absolute_url(self) -> str:
        return address_of("services:detail", self.public_id)

    @property
    def travels(self) -> bool:
        """Whether clients of the national directory take its code: some codes came from files before they did not."""
        return bool(CODE_SHAPE.match(self.code))

    def state(self, at: datetime) -> ServiceState:
        """What the dates make of the service at that moment."""
        if self.deleted_at:
            return ServiceState.SUPPRIME
        if at < self.active_from:
            return ServiceState.A_VENIR
        if self.active_until and self.active_until <= at:
            return ServiceState.INACTIF
        return ServiceState.ACTIF


class PublishedFile(models.Model):
    """The whole directory in one of its forms, as it was at one moment (`services.directory.publishing`).

    Its bytes are rows, not a file of a machine: whichever machine answers serves the same.
    """

    name = models.CharField("fichier", max_length=40)
    made_at = models.DateTimeField("établi le")
    size = models.BigIntegerField("taille en octets")
    digest = models.CharField("empreinte SHA-256", max_length=64)

    class Meta:
        verbose_name = "fichier de l’annuaire"
        verbose_name_plural = "fichiers de l’annuaire"
        permissions = [("publish_directory", "Peut refaire les fichiers de l’annuaire")]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "made_at"],
                name="published_file_once",
                violation_error_message="Ce fichier a déjà été établi à ce moment.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {localtime(self.made_at):%d/%m/%Y %H:%M}"


class PublishedPart(models.Model):
    """A piece of a published file."""

    file = models.ForeignKey(PublishedFile, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = "partie d’un fichier de l’annuaire"
        verbose_name_plural = "parties des fichiers de l’annuaire"
        constraints = [
            models.UniqueConstraint(
                fields=["file", "number"],
                name="published_part_once",
                violation_error_message="Cette partie du fichier existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"partie {self.number}"
