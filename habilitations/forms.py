from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from chorus_org.common.forms import AddressField, Form
from users.models import User


class Leaving(models.TextChoices):
    """What becomes of an account that its owner closes."""

    SLEEP = "DESACTIVER", "Désactiver mon compte"
    ERASE = "SUPPRIMER", "Désactiver mon compte, puis effacer mes données dans 30 jours"


class CloseForm(Form):
    """« Désactiver mon compte »."""

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


class NewAddressForm(Form):
    """The address that the support puts in the place of the one that its owner reads no more."""

    email = AddressField(
        label="Nouvelle adresse électronique de connexion",
        help_text="Celle que la personne lit, après avoir vérifié qui elle est.",
        autocomplete="off",
        missing="Saisissez la nouvelle adresse électronique de connexion.",
    )


class AppointForm(Form):
    """Whom an operator appoints, named by their login address."""

    user = forms.EmailField(
        label="Adresse électronique de connexion",
        help_text="Celle du compte de la personne, qui doit exister.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Saisissez l’adresse de connexion de la personne.",
            "invalid": "Saisissez une adresse électronique complète, par exemple prenom.nom@example.org.",
        },
    )

    def clean_user(self) -> User:
        try:
            return User.objects.get_by_natural_key(self.cleaned_data["user"])
        except User.DoesNotExist as error:
            raise ValidationError("Aucun compte n’a cette adresse de connexion. Vérifiez-la.") from error
