"""« Créer une structure », « Gérer une structure » (domain, 3.2 to 3.4)."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.choosing import ObjectField, searching
from chorus_org.kernel.common.forms import AddressField, Block, Form, TextField, choosing
from chorus_org.kernel.common.identifiers import HINTS, IdentifierType, canonical, check_key, new_person_identifier
from habilitations.operations.renumbering import SIREN
from structures.enums import Sector, SupplierMustGive
from structures.models import Structure, StructureQuerySet
from structures.operations import REACHING
from structures.registry import TAKEN, look_up

SIRET = 14  # digits
CREATE, MANAGE = address_lazy("habilitations:create"), address_lazy("habilitations:manage")
# What a supplier must give -> the three flags that say it in the published data
FLAGS = {
    SupplierMustGive.NOTHING: (False, False, False),
    SupplierMustGive.ENGAGEMENT: (True, False, False),
    SupplierMustGive.SERVICE: (False, True, False),
    SupplierMustGive.BOTH: (True, True, False),
    SupplierMustGive.EITHER: (False, False, True),
}
NAMES = ("engagement_number_required", "service_code_required", "engagement_or_service_required")


def _line(label: str, most: int, **kwargs: Any) -> TextField:
    return TextField(label=label, required=False, max_length=most, **kwargs)


class ReachingForm(Form):
    """Where a structure is, and how one reaches it."""

    address = _line("Adresse", 255)
    address_extra_1 = _line("Complément d’adresse 1", 99)
    address_extra_2 = _line("Complément d’adresse 2", 99)
    postal_code = _line("Code postal", 10)
    city = _line("Ville", 50)
    country = TextField(
        label="Pays", min_length=2, max_length=2, initial="FR", help_text="Code à deux lettres, par exemple FR."
    )
    email = AddressField(label="Adresse électronique", required=False, autocomplete="off")
    phone = _line("Téléphone", 20)
    vat_number = _line("Numéro de TVA intracommunautaire", 18)

    reaching: ClassVar[Block] = Block(
        "bloc-adresse",
        "Coordonnées",
        "Celles qui figurent sur les factures.",
        (
            "address",
            ("address_extra_1", "address_extra_2"),
            ("postal_code", "city"),
            "country",
            ("email", "phone"),
            "vat_number",
        ),
    )

    def clean_country(self) -> str:
        country = self.cleaned_data["country"].upper()
        if not (country.isascii() and country.isalpha()):
            raise ValidationError("Saisissez le code du pays, par exemple FR.")
        return country


class FoundForm(ReachingForm):
    identifier_type = forms.ChoiceField(
        label="Type d’identifiant",
        choices=IdentifierType.choices,
        initial=IdentifierType.SIRET,
        widget=forms.Select(attrs=choosing(CREATE, "#identifiant")),
    )
    identifier = TextField(
        label="Identifiant",
        required=False,
        max_length=100,
        template_name="habilitations/partials/_identifier.html",
        widget=forms.TextInput(attrs={"autocomplete": "off", **choosing(CREATE, "#identifiant")}),
    )
    legal_name = _line("Raison sociale", 255, help_text="De toute structure, sauf d’un particulier.")
    last_name = _line("Nom", 99, help_text="D’un particulier seulement.")
    first_name = _line("Prénom", 99, help_text="D’un particulier seulement.")
    sector = forms.ChoiceField(
        label="Secteur", choices=Sector.choices, initial=Sector.PRIVEE, widget=forms.RadioSelect
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-identite",
            "Identité",
            "Une structure n’existe qu’une fois, sous un seul identifiant.",
            (("identifier_type", "identifier"), "legal_name", ("last_name", "first_name"), "sector"),
        ),
        ReachingForm.reaching,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self["identifier_type"].value()
        self.fields["identifier"].help_text = f"{HINTS[kind]}." if kind in HINTS else ""
        self.existing = self._look(kind)
        typed = "".join(str(self["identifier"].value() or "").split())
        self.entry = look_up(typed) if kind == IdentifierType.SIRET and len(typed) == SIRET else None

    @property
    def blanks(self) -> dict[str, str]:
        """What the register says of what nobody typed."""
        taken = {name: getattr(self.entry, name) for name in TAKEN} if self.entry else {}
        return {name: value for name, value in taken.items() if value and not self[name].value()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = cleaned.get("identifier_type")
        is_person = kind == IdentifierType.PARTICULIER
        if is_person:
            cleaned["identifier"] = new_person_identifier()
        elif kind:
            self._check_identifier(kind, cleaned.get("identifier", ""))
        wanted = {"last_name": "Saisissez le nom.", "first_name": "Saisissez le prénom."}
        for name, sentence in (wanted if is_person else {"legal_name": "Saisissez la raison sociale."}).items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        for name in ("legal_name",) if is_person else wanted:
            cleaned[name] = ""
        return cleaned

    def _check_identifier(self, kind: str, typed: str) -> None:
        if not typed:
            if "identifier" not in self.errors:
                self.add_error("identifier", "Saisissez l’identifiant de la structure.")
            return
        try:
            check_key(kind, canonical(kind, typed))
        except ValidationError as error:
            self.add_error("identifier", error)
            return
        if self.existing:
            self.add_error("identifier", "Cette structure existe déjà\u00a0: demandez à y être rattaché.")

    def _look(self, kind: str) -> Structure | None:
        typed = self["identifier"].value()
        if kind not in IdentifierType.values or not typed:
            return None
        try:
            identifier = canonical(kind, typed)
        except ValidationError:
            return None
        return Structure.objects.filter(identifier_type=kind, identifier=identifier).first()


class ChangeStructureForm(ReachingForm):
    """What one may change; the identity is shown, and locked (domain, 3.3)."""

    identity = forms.CharField(label="Structure", disabled=True, required=False)
    must_give = forms.ChoiceField(
        label="Le fournisseur doit renseigner", choices=SupplierMustGive.choices, widget=forms.RadioSelect
    )
    payment_status_hidden = forms.BooleanField(
        label="Le statut de mise en paiement n’est pas transmis au fournisseur", required=False
    )
    has_project_owner = forms.BooleanField(label="Maîtrise d’ouvrage", required=False)
    is_project_owner_only = forms.BooleanField(label="Maîtrise d’ouvrage seulement", required=False)
    is_delegated_validator = forms.BooleanField(label="Valideur délégué", required=False)

    PARAMETERS: ClassVar[tuple[str, ...]] = (
        "payment_status_hidden",
        "has_project_owner",
        "is_project_owner_only",
        "is_delegated_validator",
    )

    def __init__(self, *args: Any, structure: Structure, **kwargs: Any) -> None:
        names = (*REACHING, "vat_number", *self.PARAMETERS)
        initial = {name: getattr(structure, name) for name in names}
        initial |= {"identity": str(structure), "must_give": structure.supplier_must_give}
        super().__init__(*args, initial=initial, **kwargs)
        self.is_public = structure.is_public
        if not self.is_public:
            for name in ("must_give", *self.PARAMETERS):
                del self.fields[name]

    @property
    def layout(self) -> tuple[Block, ...]:  # type: ignore[override]
        identity = Block("bloc-identite", "Identité", "L’identifiant et le nom ne se changent pas ici.", ("identity",))
        parameters = Block(
            "bloc-parametres",
            "Paramètres",
            "Une facture sans ce qui est exigé est rejetée dès le dépôt.",
            ("must_give", *self.PARAMETERS),
        )
        return (identity, self.reaching, *((parameters,) if self.is_public else ()))

    @property
    def field_order(self) -> list[str]:
        return []

    def values(self) -> dict[str, Any]:
        chosen = {name: value for name, value in self.cleaned_data.items() if name not in ("identity", "must_give")}
        if self.is_public:
            flags = FLAGS[SupplierMustGive(self.cleaned_data["must_give"])]
            chosen |= dict(zip(NAMES, flags, strict=True))
        return chosen


class IdentifierForm(Form):
    """The SIRET that takes the place of the present one."""

    identifier = TextField(
        label="Nouveau SIRET",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": "Saisissez le nouveau SIRET."},
    )

    def __init__(self, *args: Any, structure: Structure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        siren = structure.identifier[:SIREN]
        self.fields["identifier"].help_text = f"14 chiffres\u00a0; il commence par le même SIREN, {siren}."


class SeenForm(Form):
    """What the person read before they agreed."""

    seen = forms.CharField(widget=forms.HiddenInput)


class ManageForm(Form):
    """« Gérer une structure »: which request, about which structure."""

    class Request(models.TextChoices):
        CONSULT = "CONSULTER", "Consulter/ rechercher une structure"
        CHANGE = "MODIFIER", "Modifier une structure"
        ACTIVATE = "ACTIVER", "Activer une structure"
        DEACTIVATE = "DESACTIVER", "Désactiver une structure"
        BANK = "COORDONNEES_BANCAIRES", "Gérer les coordonnées bancaires"
        REFRESH = "METTRE_A_JOUR", "Mettre à jour depuis la base INSEE"
        RENUMBER = "CHANGER_IDENTIFIANT", "Changer l’identifiant (SIRET)"

    request = forms.ChoiceField(label="Type de demande", choices=Request.choices)
    structure = ObjectField(
        label="Identifiant",
        search=StructureQuerySet.named,
        asks=searching(MANAGE, "structure"),
        error_messages={"required": "Choisissez la structure."},
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block("bloc-demande", "Demande", "Les structures que vous gérez, actives ou non.", ("request", "structure")),
    )

    def __init__(self, *args: Any, structures: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["structure"]
        asked = self["structure"].value()
        self.is_empty = not field.offer(
            structures, chosen=[asked] if asked else [], typed=self.data.get("structure_q", "")
        )
