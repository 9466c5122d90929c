from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chorus_org.kernel.common.forms import AddressField, Form
from chorus_org.kernel.common.refusals import Refusal
from users.models import User


class NewAddressForm(Form):
    """The address that the support puts in the place of the one that its owner reads no more."""

    email = AddressField(
        label="Nouvelle adresse électronique de connexion",
        help_text="Celle que la personne lit, après avoir vérifié qui elle est.",
        autocomplete="off",
        missing="Saisissez la nouvelle adresse électronique de connexion.",
    )

    def refuse(self, refusal: Refusal) -> None:
        """The only field is the one that any refusal speaks of."""
        super().refuse(Refusal(str(refusal), field="email"))


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

    def values(self) -> dict[str, Any]:
        return {"user_id": self.cleaned_data["user"].pk}

    def refuse(self, refusal: Refusal) -> None:
        """The only field is the one that any refusal speaks of."""
        super().refuse(Refusal(str(refusal), field="user"))
