"""« Créer un compte », steps 1 and 2."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html

from chorus_org.kernel.common.forms import AddressField, Block, Form, TextField
from chorus_org.kernel.common.trap import TrapForm

LINK = re.compile(r"://|\b[Ww][Ww][Ww]\.|<|>|\w\.[a-z]{2,}")
# In a tab of its own: what was typed here stays
READ_THEM = '<a href="{}" target="_blank">Lire les conditions d’utilisation (nouvel onglet)</a>'


class NameField(TextField):
    """A person's name: what could become a link in a mail is refused (security, 1.3.11)."""

    default_error_messages: ClassVar[dict[str, str]] = {
        "link": "Saisissez un nom, sans adresse de site.",
        "letters": "Un nom a des lettres. Saisissez-le tel que vos collègues le connaissent.",
    }

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        if name and not any(map(str.isalpha, name)):
            raise ValidationError(self.error_messages["letters"], code="letters")
        if LINK.search(name):
            raise ValidationError(self.error_messages["link"], code="link")
        return name


class PhoneField(TextField):
    default_error_messages: ClassVar[dict[str, str]] = {
        "phone": "Saisissez un numéro de téléphone, par exemple 01 23 45 67 89 ou +33 1 23 45 67 89.",
    }

    def to_python(self, value: Any) -> str:
        phone = super().to_python(value)
        if phone and not re.fullmatch(r"\+?[0-9][0-9 .()-]{4,18}[0-9]", phone):
            raise ValidationError(self.error_messages["phone"], code="phone")
        return phone


class PersonalInformation(TrapForm):
    """« Informations personnelles » (domain, 2.2); no image to decipher, which would keep a blind person out."""

    email = AddressField(
        label="Adresse électronique de connexion",
        help_text=(
            "Vous y recevrez le lien d’activation et les messages de sécurité. Elle doit pouvoir recevoir du courrier."
        ),
        autocomplete="email",
        missing="Saisissez votre adresse électronique de connexion.",
    )
    last_name = NameField(
        label="Nom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Saisissez votre nom."},
    )
    first_name = NameField(
        label="Prénom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Saisissez votre prénom."},
    )
    phone = PhoneField(
        label="Téléphone",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    contact_email = AddressField(
        label="Adresse électronique de contact",
        required=False,
        help_text="Pour les avis de l’application. Laissez vide pour garder l’adresse de connexion.",
        autocomplete="section-contact email",
    )
    terms = forms.BooleanField(
        label="J’accepte les conditions d’utilisation",
        error_messages={"required": "Acceptez les conditions d’utilisation pour créer un compte."},
    )
    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-infos",
            "Informations personnelles",
            "Un compte est personnel\u00a0: une personne, une adresse, même si elle travaille pour plusieurs "
            "structures.",
            ("email", ("last_name", "first_name"), "phone", "contact_email", "terms", "website"),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].help_text = format_html(READ_THEM, reverse("terms"))

    def values(self) -> dict[str, Any]:
        """The arguments of `users.operations.requests.ask` that the person typed."""
        names = ("email", "last_name", "first_name", "phone", "contact_email")
        return {name: self.cleaned_data[name] for name in names}


class MailboxForm(Form):
    """One address, to which a link is sent if it has an account."""

    email = AddressField(
        label="Adresse électronique de connexion",
        autocomplete="username",
        missing="Saisissez votre adresse électronique de connexion.",
    )

    def values(self) -> dict[str, Any]:
        return {"email": self.cleaned_data["email"]}
