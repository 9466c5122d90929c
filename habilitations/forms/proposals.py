"""« Demander la création d'une structure publique » (domain, 3.5)."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.forms import Block, Form, TextField, choosing
from chorus_org.kernel.common.identifiers import HINTS, IdentifierType, canonical
from habilitations.models.proposal import COMMENT_MAX
from structures.models import Structure

HERE = address_lazy("habilitations:propose")


class ProposalForm(Form):
    identifier = TextField(
        label="SIRET",
        max_length=100,
        help_text=f"{HINTS[IdentifierType.SIRET]}.",
        template_name="habilitations/partials/_identifier.html",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", **choosing(HERE, "#identifiant")}
        ),
    )
    legal_name = TextField(label="Raison sociale", max_length=255)
    legal_status = TextField(
        label="Statut juridique", max_length=99, help_text="Par exemple\u00a0: commune, établissement public local."
    )
    address = TextField(label="Adresse", max_length=255)
    postal_code = TextField(label="Code postal", max_length=10)
    city = TextField(label="Ville", max_length=50)
    comment = TextField(
        label="Commentaire", max_length=COMMENT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-identite",
            "Structure",
            "Elle existe souvent déjà\u00a0: il suffit alors de demander à y être rattaché.",
            ("identifier", "legal_name", "legal_status"),
        ),
        Block("bloc-adresse", "Adresse", "Celle du répertoire de l’INSEE.", ("address", ("postal_code", "city"))),
        Block("bloc-motif", "Demande", "Un exploitant vérifie, puis vous répond par courriel.", ("comment",)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.existing = self._look()

    def _look(self) -> Structure | None:
        typed = self["identifier"].value()
        try:
            identifier = canonical(IdentifierType.SIRET, typed or "")
        except ValidationError:
            return None
        return Structure.objects.filter(identifier_type=IdentifierType.SIRET, identifier=identifier).first()


class RefuseProposalForm(Form):
    reason_text = TextField(
        label="Motif",
        max_length=COMMENT_MAX,
        help_text="La personne le lit dans le courriel\u00a0: dites aussi ce qu’elle peut faire.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
