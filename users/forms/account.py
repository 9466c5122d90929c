"""« Mon compte »."""

from copy import deepcopy
from typing import Any

from django import forms

from chorus_org.kernel.common.forms import AddressField, Form, TextField
from users.forms.creation import PersonalInformation
from users.models import Notice

AT_CREATION = PersonalInformation.base_fields
# Each detail by the name of its page: the field of the account, and how it is typed
DETAILS: dict[str, tuple[str, forms.Field]] = {
    "nom": ("last_name", AT_CREATION["last_name"]),
    "prenom": ("first_name", AT_CREATION["first_name"]),
    "telephone": ("phone", AT_CREATION["phone"]),
    "adresse-professionnelle": (
        "work_address",
        TextField(label="Adresse professionnelle", max_length=255, required=False),
    ),
    "adresse-de-contact": ("contact_email", AT_CREATION["contact_email"]),
    "notifications": (
        "notices",
        forms.MultipleChoiceField(
            label="Préférence notifications",
            help_text="Les messages de sécurité partent toujours, à votre adresse de connexion.",
            choices=Notice.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "Choisissez parmi les avis proposés."},
        ),
    ),
}


class DetailForm(Form):
    """One detail of the account, changed by itself."""

    def __init__(self, *args: Any, slug: str, user: Any, **kwargs: Any) -> None:
        name, field = DETAILS[slug]
        super().__init__(*args, initial={name: getattr(user, name)}, **kwargs)
        self.name, self.fields[name] = name, deepcopy(field)
        self.fields[name].widget.attrs["autofocus"] = True  # where one has just clicked « Modifier »

    @property
    def label(self) -> str:
        return str(self.fields[self.name].label)


class AddressForm(Form):
    """« Changer mon adresse de connexion »."""

    email = AddressField(
        label="Nouvelle adresse électronique de connexion",
        help_text="Un lien y part\u00a0; rien ne change tant que vous ne l’avez pas ouvert.",
        autocomplete="email",
        missing="Saisissez votre nouvelle adresse électronique de connexion.",
    )
