from django import forms
from django.core.exceptions import ValidationError

from chorus_org.common.forms import Form
from users.models import User


class AppointForm(Form):
    """Whom an operator appoints, named by their login address."""

    user = forms.EmailField(
        label="Adresse électronique de connexion",
        help_text="Celle du compte de la personne, qui doit exister.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "size": 40}),
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
