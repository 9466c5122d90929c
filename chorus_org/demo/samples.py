"""What the page of components shows them with: made-up forms, services and figures; nothing of the database."""

import re
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from chorus_org.kernel.common.forms import Block, Form, TextField
from services.gantt import Timeline
from services.models import Service
from structures.enums import Sector, SupplierMustGive
from structures.models import Structure

PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2026, 11, 23, 15, 1, tzinfo=PARIS)
BANQUE = Structure(legal_name="BANQUE DE FRANCE", identifier="57210489100013", sector=Sector.PUBLIQUE)


REFUSING = (
    "Rattachement à BANQUE DE FRANCE. La personne reçoit le motif par courriel et peut faire une nouvelle demande."
)


class FieldsForm(Form):
    """Every kind of field, at rest and refused."""

    label = TextField(label="Libellé du service")
    code = TextField(
        label="Code de service",
        required=False,
        help_text="100 caractères au maximum.",
        widget=forms.TextInput(attrs={"class": "code"}),
    )
    legal_name = TextField(label="Raison sociale", required=False, widget=forms.TextInput(attrs={"readonly": True}))
    city = TextField(label="Ville", required=False, disabled=True)
    structure = forms.ChoiceField(
        label="Structure de rattachement",
        required=False,
        choices=[("1", "57210489100013 – BANQUE DE FRANCE"), ("2", "21750001600019 – VILLE DE PARIS")],
    )
    description = TextField(
        label="Description",
        required=False,
        help_text="255 caractères au maximum.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    siret = TextField(label="SIRET", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    must_give = forms.ChoiceField(
        label="Le fournisseur doit renseigner",
        required=False,
        choices=SupplierMustGive.choices,
        widget=forms.RadioSelect,
    )
    engagement_required = forms.BooleanField(
        label="Le numéro d’engagement est obligatoire", required=False, help_text="Entités publiques seulement."
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-repos",
            "Repos, aide, lecture seule",
            "Le libellé est au-dessus, l’aide entre le libellé et le champ.",
            ("label", "code", ("legal_name", "city"), "structure", "description"),
        ),
        Block(
            "bloc-erreur",
            "Erreur",
            "Le message dit quoi faire. Il est lié au champ et repris dans le résumé.",
            ("siret", "must_give", "engagement_required"),
        ),
    )

    def clean_siret(self) -> str:
        raise forms.ValidationError("Ce SIRET a 13 chiffres\u00a0; il en faut 14. Vérifiez le dernier groupe.")


class RefusalForm(Form):
    """What a question may ask besides: fields without blocks."""

    reason_code = forms.ChoiceField(
        label="Motif du refus",
        widget=forms.RadioSelect,
        choices=[
            ("INCONNU", "Cette personne ne travaille pas pour la structure"),
            ("MAUVAISE_STRUCTURE", "La demande vise la mauvaise structure ou le mauvais service"),
            ("DOUBLON", "La personne est déjà rattachée autrement"),
            ("AUTRE", "Autre motif"),
        ],
    )
    reason_text = TextField(
        label="Commentaire",
        required=False,
        help_text="La personne le lira tel quel. Obligatoire pour «\u00a0Autre motif\u00a0».",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )


def fields_form() -> FieldsForm:
    return FieldsForm(
        {
            "label": "Service financier SGPI",
            "code": "FI_SGPI",
            "legal_name": "BANQUE DE FRANCE",
            "structure": "1",
            "siret": "5721048910001",
            "must_give": SupplierMustGive.NOTHING,
            "engagement_required": "on",
        },
        initial={"city": "Paris"},
    )


def services(timeline: Timeline) -> list[Service]:
    """A service in each state, as the page of a structure lists them."""
    rows = [
        ("FACTURES_PUBLIQUES", "Service des factures publiques", datetime(2022, 3, 10, 15, 1), None, 14, False),
        ("FI_COMPTA", "Comptabilité et règlement fournisseurs", datetime(2023, 4, 1), None, 9, True),
        ("FI_ACHATS", "Achats et approvisionnements", datetime(2027, 1, 1), None, 1, False),
        (
            "FI_ANCIEN",
            "Service financier (ancienne organisation)",
            datetime(2022, 1, 1),
            datetime(2025, 6, 1),
            3,
            False,
        ),
    ]
    shown = []
    for code, label, start, end, people, engagement in rows:
        service = Service(
            code=code,
            label=label,
            active_from=start.replace(tzinfo=PARIS),
            active_until=end and end.replace(tzinfo=PARIS),
            engagement_required=engagement,
        )
        service.get_absolute_url = lambda: "#tableaux"
        service.people = people
        service.shown_state, service.period = service.state(timeline.at), timeline.drawing(service)
        shown.append(service)
    return shown


def requests_by_week() -> dict[str, Any]:
    """Columns of a drawing 360 wide, one unit of value 8 high, standing on the line 112."""
    weeks = [
        "07/09",
        "14/09",
        "21/09",
        "28/09",
        "05/10",
        "12/10",
        "19/10",
        "26/10",
        "02/11",
        "09/11",
        "16/11",
        "23/11",
    ]
    columns = []
    for number, (label, value) in enumerate(zip(weeks, [4, 6, 3, 7, 9, 5, 6, 2, 8, 11, 7, 5], strict=True)):
        x, is_last = number * 30 + 10, label == weeks[-1]
        text_x = (360 if is_last else x + 9) if number % 3 == 2 else None
        columns.append(
            {"label": label, "value": value, "x": x, "y": 112 - value * 8, "height": value * 8, "text_x": text_x}
        )
    return {
        "caption": "Demandes reçues par semaine",
        "labels": ("Semaine du", "Demandes"),
        "lines": [{"value": value, "y": 112 - value * 8, "text_y": 108 - value * 8} for value in (5, 10)],
        "columns": columns,
    }


def delays() -> list[dict[str, Any]]:
    counted = {"Moins d’un jour": 31, "1 à 3 jours": 24, "4 à 7 jours": 12, "8 à 14 jours": 4, "Plus de 14 jours": 2}
    top = max(counted.values())
    return [{"label": label, "value": value, "share": f"{100 * value / top:.1f}"} for label, value in counted.items()]


def icons() -> list[str]:
    names = re.findall(r'symbol id="([a-z-]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text())
    return [name for name in names if name != "mark"]
