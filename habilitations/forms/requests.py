"""« Demande de rattachement à une structure » (guide, 3.3; domain, 6.2)."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.choosing import ObjectField, searching
from chorus_org.kernel.common.forms import Block, Form, TextField, choosing
from chorus_org.kernel.common.identifiers import IdentifierType, canonical, check_key
from chorus_org.kernel.common.lists import FilterForm
from habilitations.enums import Level
from habilitations.forms.grants import ProfilesField, grid
from habilitations.models.approval import COMMENT_MAX
from services.models import CODE_MAX, Service, ServiceQuerySet
from structures.enums import Sector
from structures.models import Structure

SIREN = 9  # digits that the establishments of one legal unit share
FOUND = 10  # public structures that a search shows
UNKNOWN = (
    "Aucune structure ne porte cet identifiant. Vérifiez-le, ou cherchez une entité publique par son nom ou sa ville."
)


class AskForm(Form):
    """Which structure, at which level, with what: no private structure is listed, its identifier is typed."""

    identifier_type = forms.ChoiceField(
        label="Type d’identifiant", choices=IdentifierType.choices, initial=IdentifierType.SIRET
    )
    identifier = TextField(
        label="Identifiant",
        max_length=100,
        help_text="Le SIRET compte 14 chiffres\u00a0; espaces et points sont permis.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "inputmode": "text",
                **choosing(address_lazy("people:ask"), "#structure-trouvee", "#choix-service"),
            }
        ),
        error_messages={"required": "Saisissez l’identifiant de la structure, par exemple son SIRET."},
    )
    found = forms.CharField(
        label="Structure", required=False, disabled=True, template_name="habilitations/partials/_found.html"
    )
    level = forms.ChoiceField(
        label="Niveaux de rattachement",
        choices=Level.choices,
        initial=Level.STRUCTURE,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le niveau du rattachement."},
    )
    service = TextField(
        label="Service",
        required=False,
        max_length=CODE_MAX,
        help_text="Pour un rattachement à la maille service\u00a0: le code du service.",
        template_name="habilitations/partials/_service_choice.html",
    )
    profiles = ProfilesField(label="Profils souhaités", template_name="habilitations/partials/_wished.html")
    comment = TextField(
        label="Commentaire",
        required=False,
        max_length=COMMENT_MAX,
        help_text=f"{COMMENT_MAX} caractères au plus. Dites ce que vous faites\u00a0: la personne qui décide le lira.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-structure",
            "Structure",
            "Celle pour laquelle vous travaillez, par son identifiant exact.",
            (("identifier_type", "identifier"), "found"),
        ),
        Block(
            "bloc-niveau",
            "Niveau",
            "Toute la structure, ou un de ses services seulement.",
            ("level", "service"),
        ),
        Block(
            "bloc-demande",
            "Votre demande",
            "La personne qui gère la structure la lit et décide.",
            ("profiles", "comment"),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.structure = self._look()
        if self.structure and self.structure.is_public:
            active = Service.objects.active(timezone.now()).filter(structure=self.structure).order_by("code", "pk")
            self.fields["service"] = field = ObjectField(
                label="Service",
                search=ServiceQuerySet.named,
                key="code",
                none="Choisissez un service",
                asks=searching(address_lazy("people:ask"), "service"),
                required=False,
            )
            asked = self["service"].value()
            field.offer(active, chosen=[asked] if asked else [], typed=self.data.get("service_q", ""))

    @property
    def neighbours(self) -> list[Structure]:
        """The public establishments of the SIREN that was typed, where the SIRET is nobody's or cannot serve."""
        typed = "".join(filter(str.isdigit, str(self["identifier"].value() or "")))
        is_of_siret = self["identifier_type"].value() == IdentifierType.SIRET
        if not (is_of_siret and len(typed) >= SIREN and "identifier" in self.errors):
            return []
        same = Structure.objects.filter(identifier_type=IdentifierType.SIRET, identifier__startswith=typed[:SIREN])
        public = same.filter(sector=Sector.PUBLIQUE, is_active=True).exclude(identifier=typed)
        return list(public.order_by("name_key", "pk")[:FOUND])

    @property
    def lines(self) -> list[Any]:
        """The profiles to wish for, folded away: none ticked means the usual ones."""
        suiting = self.structure.suiting_profiles if self.structure else frozenset()
        wished = set(self["profiles"].value() or ())
        ticked = {profile for profile in suiting if profile.name in wished}
        return grid(ticked=ticked, suiting=suiting, may_give=suiting)

    def clean_identifier(self) -> str:
        if not self.structure:
            kind = self.cleaned_data.get("identifier_type")
            if kind:
                check_key(kind, canonical(kind, self.cleaned_data["identifier"]))
            raise ValidationError(UNKNOWN, code="unknown")
        return self.cleaned_data["identifier"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("level") == Level.SERVICE and self.structure and "service" in cleaned:
            service = Service.objects.active(timezone.now()).filter(structure=self.structure)
            asked = cleaned["service"]
            self.service = service.coded(getattr(asked, "code", asked)).first() if asked else None
            if not self.service:
                self.add_error("service", "Choisissez le service, ou saisissez son code\u00a0: il doit être actif.")
        return cleaned

    def values(self) -> dict[str, Any]:
        at_service = self.cleaned_data["level"] == Level.SERVICE
        return {
            "structure_id": self.structure.pk,
            "service_id": self.service.pk if at_service else None,
            "profiles": self.cleaned_data["profiles"],
            "comment": self.cleaned_data["comment"],
        }

    def _look(self) -> Structure | None:
        kind, typed = self["identifier_type"].value(), self["identifier"].value()
        if kind not in IdentifierType.values or not typed:
            return None
        try:
            identifier = canonical(kind, typed)
        except ValidationError:
            return None
        return Structure.objects.filter(identifier_type=kind, identifier=identifier).first()


class SearchForm(FilterForm):
    """A public structure by its name or its town, for who does not know its SIRET."""

    q = TextField(
        label="Nom ou ville",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def narrow(self, rows: QuerySet, **chosen: Any) -> QuerySet:
        return public_ones(chosen["q"]) if "q" in chosen else rows.none()


def public_ones(text: str) -> QuerySet:
    """The active public structures whose name or town holds each word of the text: the first ten, by name."""
    found = Structure.objects.filter(sector=Sector.PUBLIQUE, is_active=True).named(text)
    return found.order_by("name_key", "pk")[:FOUND]
