from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chorus_org.common.forms import Form
from users.models import User


class AppointForm(Form):
    """Whom an operator appoints, named by their login address.

    :param operator: who appoints; never themselves, since a role gives no right in the portal.
    """

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

    def __init__(self, *args: Any, operator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.operator = operator

    def clean_user(self) -> User:
        try:
            user = User.objects.get_by_natural_key(self.cleaned_data["user"])
        except User.DoesNotExist as error:
            raise ValidationError("Aucun compte n’a cette adresse de connexion. Vérifiez-la.") from error
        if user == self.operator:
            raise ValidationError("Un exploitant ne se désigne pas lui-même. Demandez-le à un autre.")
        return user
