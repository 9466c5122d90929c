from typing import Any

from django import forms
from django.db import models

from chorus_org.kernel.common.forms import Form


class Leaving(models.TextChoices):
    """What becomes of an account that its owner closes."""

    SLEEP = "DESACTIVER", "Désactiver mon compte"
    ERASE = "SUPPRIMER", "Désactiver mon compte, puis effacer mes données dans 30 jours"


class CloseForm(Form):
    """« Désactiver mon compte »."""

    leaving = forms.ChoiceField(
        label="Ce que devient votre compte",
        help_text="Dans les deux cas, vous pouvez revenir pendant 30 jours.",
        choices=Leaving.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez l’une des deux possibilités.",
            "invalid_choice": "Choisissez l’une des deux possibilités.",
        },
    )

    def values(self) -> dict[str, Any]:
        return {"erase": self.cleaned_data["leaving"] == Leaving.ERASE}
