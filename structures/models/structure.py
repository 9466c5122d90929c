"""Structures: legal units or establishments, each with one identifier (domain, 3)."""

from typing import Self
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from chorus_org.kernel.common.identifiers import HINTS, SHAPES, IdentifierType
from chorus_org.kernel.common.models import PublicModel, RightsQuerySet
from chorus_org.kernel.common.text import Fold
from structures.enums import Sector, SupplierMustGive
from structures.profiles import PERMISSIONS, PUBLIC_ONLY, Profile, defaults

PUBLIC_PARAMETERS = [
    "engagement_number_required",
    "service_code_required",
    "engagement_or_service_required",
    "payment_status_hidden",
    "has_project_owner",
    "is_project_owner_only",
    "is_delegated_validator",
]


class StructureQuerySet(RightsQuerySet):
    def to_choose(self) -> Self:
        """In the order of a list to choose from, with what it shows of each: a name and a sector."""
        return self.only("public_id", "identifier", "legal_name", "last_name", "first_name", "sector").order_by(
            "name_key", "id"
        )

    def named(self, text: str) -> Self:
        """Those whose identifier begins with the digits typed, or whose name or town holds each word of the text."""
        digits = "".join(text.split())
        if digits.isdecimal():
            return self.filter(identifier__startswith=digits)
        found = self
        for word in text.split():
            found = found.filter(Q(name_key__contains=Fold(Value(word))) | Q(city__icontains=word))
        return found

    def managed(self) -> Self:
        """Those whose manager can answer: their account is active (`users.models.AccountState`)."""
        return self.filter(principal_manager__state="ACTIF")


class Structure(PublicModel):
    identifier_type = models.CharField("type d’identifiant", max_length=20, choices=IdentifierType.choices)
    identifier = models.CharField("identifiant", max_length=80, db_collation="C")
    legal_name = models.CharField("raison sociale", max_length=255, blank=True)
    last_name = models.CharField("nom", max_length=99, blank=True)
    first_name = models.CharField("prénom", max_length=99, blank=True)
    name_key = models.GeneratedField(
        expression=Fold(Concat(F("legal_name"), F("last_name"), Value(" "), F("first_name"))),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
        editable=False,
        verbose_name="clé de tri",
    )
    sector = models.CharField("secteur", max_length=10, choices=Sector.choices)
    is_active = models.BooleanField("active", default=True)

    address = models.CharField("adresse", max_length=255, blank=True)
    address_extra_1 = models.CharField("complément d’adresse 1", max_length=99, blank=True)
    address_extra_2 = models.CharField("complément d’adresse 2", max_length=99, blank=True)
    postal_code = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=50, blank=True)
    country = models.CharField("pays", max_length=2, default="FR", help_text="Code ISO 3166 à deux lettres.")
    email = models.EmailField("adresse électronique", max_length=254, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    vat_number = models.CharField("numéro de TVA intracommunautaire", max_length=18, blank=True)

    # Parameters of public entities, under the names of the published data (domain, 3.4)
    engagement_number_required = models.BooleanField("numéro d’engagement obligatoire", default=False)
    service_code_required = models.BooleanField("code service obligatoire", default=False)
    engagement_or_service_required = models.BooleanField("engagement ou service obligatoire", default=False)
    payment_status_hidden = models.BooleanField("mise en paiement non remontée", default=False)
    has_project_owner = models.BooleanField("maîtrise d’ouvrage", default=False)
    is_project_owner_only = models.BooleanField("maîtrise d’ouvrage seulement", default=False)
    is_delegated_validator = models.BooleanField("valideur délégué", default=False)

    principal_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="gestionnaire principal",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_structures",
    )
    newcomers_validate = models.BooleanField(
        "les nouveaux rattachés peuvent accepter des rattachements",
        default=True,
        help_text="Le profil «\u00a0Rattachement validation\u00a0» vient avec le rattachement (guide, introduction).",
    )
    origin = models.OneToOneField(
        "self",
        verbose_name="structure d’origine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        help_text="Celle dont elle prend la suite, sous un autre SIRET.",
    )
    created_at = models.DateTimeField("créée le")

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        verbose_name_plural = "structures"
        permissions = PERMISSIONS
        indexes = [models.Index(fields=["name_key", "id"], name="structure_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["identifier", "identifier_type"],
                name="structure_identifier_unique",
                violation_error_code="identifier",
                violation_error_message="Une structure porte déjà cet identifiant.",
            ),
            *(
                models.CheckConstraint(
                    name=f"structure_{identifier_type.lower()}_shape",
                    condition=~Q(identifier_type=identifier_type) | Q(identifier__regex=shape),
                    violation_error_code="identifier",
                    violation_error_message=f"{HINTS[identifier_type]}.",
                )
                for identifier_type, shape in SHAPES.items()
            ),
            models.CheckConstraint(
                name="structure_identifier_type_known",
                condition=Q(identifier_type__in=IdentifierType.values),
                violation_error_code="identifier_type",
                violation_error_message="Choisissez un type d’identifiant de la liste.",
            ),
            models.CheckConstraint(
                name="structure_sector_known",
                condition=Q(sector__in=Sector.values),
                violation_error_code="sector",
                violation_error_message="Dites si la structure est publique ou privée.",
            ),
            models.CheckConstraint(
                name="structure_named",
                condition=Q(identifier_type=IdentifierType.PARTICULIER, legal_name="")
                & ~Q(last_name="")
                & ~Q(first_name="")
                | ~Q(identifier_type=IdentifierType.PARTICULIER) & ~Q(legal_name="") & Q(last_name="", first_name=""),
                violation_error_code="legal_name",
                violation_error_message="Un particulier a nom et prénom, toute autre structure une raison sociale.",
            ),
            models.CheckConstraint(
                name="structure_private_without_parameters",
                condition=Q(sector=Sector.PUBLIQUE) | Q(**dict.fromkeys(PUBLIC_PARAMETERS, False)),
                violation_error_code="sector",
                violation_error_message="Seule une entité publique a des paramètres de facturation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} – {self.name}"

    def get_absolute_url(self) -> str:
        return f"/organisation/structures/{self.public_id}/"

    @property
    def directory_url(self) -> str:
        """Its page in the directory, open to all, where it is a public one."""
        return f"/annuaire/{self.identifier_type.lower()}/{quote(self.identifier)}/"

    @property
    def name(self) -> str:
        return self.legal_name or f"{self.first_name} {self.last_name}"

    @property
    def is_public(self) -> bool:
        return self.sector == Sector.PUBLIQUE

    def latest(self) -> "Structure":
        """What it has become: itself, or the last of those that took it over, one query each."""
        successor = Structure.objects.filter(origin=self).first()
        return successor.latest() if successor else self

    @property
    def newcomers_profiles(self) -> frozenset[Profile]:
        """What a new attachment brings here: the usual profiles, as the structure's setting has it."""
        usual = defaults(is_public=self.is_public)
        return usual if self.newcomers_validate else usual - {Profile.RATTACHEMENT_VALIDATION}

    @property
    def suiting_profiles(self) -> frozenset[Profile]:
        """What may be held here at all: some profiles are for public entities."""
        return frozenset(Profile) - (frozenset() if self.is_public else PUBLIC_ONLY)

    @property
    def supplier_must_give(self) -> SupplierMustGive:
        """The three flags read in the order in which invoicing software reads them (domain, 3.4)."""
        if self.engagement_or_service_required:
            return SupplierMustGive.EITHER
        if self.engagement_number_required and self.service_code_required:
            return SupplierMustGive.BOTH
        if self.service_code_required:
            return SupplierMustGive.SERVICE
        if self.engagement_number_required:
            return SupplierMustGive.ENGAGEMENT
        return SupplierMustGive.NOTHING
