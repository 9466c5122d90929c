from typing import Any

from allauth.account import forms as allauth
from django import forms

from chorus_org.kernel.common.forms import AddressField, Form


class LoginForm(allauth.LoginForm, Form):
    """« Connexion » (guide, section 1): an identifier, which is the login address, and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(
            label="Identifiant",
            help_text="Votre adresse électronique de connexion.",
            autocomplete="username",
            missing="Saisissez votre adresse électronique de connexion.",
        )
        self.fields["password"] = forms.CharField(
            label="Mot de passe",
            strip=False,
            max_length=128,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": "Saisissez votre mot de passe."},
        )
