"""A password that one chooses."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from chorus_org.kernel.common.forms import Block, Form
from users.forms.creation import PersonalInformation
from users.login.passwords import LENGTHS, advice


class CurrentPasswordForm(Form):
    """What asks for the password of the person logged in, before anything else is looked at."""

    current_password = forms.CharField(
        label="Mot de passe actuel",
        strip=False,
        max_length=LENGTHS[-1],
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Saisissez votre mot de passe actuel."},
    )

    def __init__(self, *args: Any, check: Callable[[str], None], **kwargs: Any) -> None:
        """:param check: counts the try, and raises a `ValidationError` when it is not the password."""
        super().__init__(*args, **kwargs)
        self.check = check

    def clean_current_password(self) -> str:
        password = self.cleaned_data["current_password"]
        try:
            self.check(password)
        except ValidationError as error:
            self.status = 429 if error.code == "locked" else 422
            raise
        return password


class NewPasswordForm(Form):
    """« Mot de passe » twice; what is typed is never sent back, only what was good of it is ticked."""

    password1 = forms.CharField(
        label="Mot de passe",
        help_text="Douze caractères au moins\u00a0; long et inattendu vaut mieux que compliqué.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "maxlength": LENGTHS[-1]}),
        error_messages={"required": "Choisissez un mot de passe."},
        template_name="users/partials/_new_password.html",
    )
    password2 = forms.CharField(
        label="Confirmer le mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "maxlength": LENGTHS[-1]}),
        error_messages={"required": "Saisissez le mot de passe une seconde fois."},
    )

    person = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"person": user.public_id}, **kwargs)
        self.user = user
        proved = f"Votre adresse est vérifiée. Choisissez le mot de passe de {user.email}."
        self.layout = (Block("bloc-mdp", "Mot de passe", proved, ("password1", "password2")),)
        self.fields["password1"].widget.attrs |= {"minlength": LENGTHS[0], "data-rules": True}

    def clean_person(self) -> str:
        """Of two links opened side by side, the session keeps the last: the form of the other one acts on nobody."""
        if self.cleaned_data["person"] not in {"", str(self.user.public_id)}:
            self.add_error(None, "Un autre lien a été ouvert depuis cette page. Ouvrez de nouveau celui du message.")
        return self.cleaned_data["person"]

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The lines under the field: what is asked, what is advised, and what the password typed follows."""
        typed = self.data.get("password1", "") if self.is_bound else ""
        asked = [(f"{LENGTHS[0]} caractères au minimum (obligatoire)", len(typed) in LENGTHS, "length")]
        advised = [(f"{text} (conseil)", met, name) for name, text, met in advice(typed)]
        return [{"text": text, "met": met, "name": name} for text, met, name in asked + advised]

    def values(self) -> dict[str, Any]:
        return {"password": self.cleaned_data["password1"]}

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", ValidationError("Les deux mots de passe diffèrent. Saisissez-les de nouveau."))
        return cleaned


class ActivationForm(NewPasswordForm):
    """Step 3 of « Créer un compte »: what the request of this link says of the person, to be corrected; the password.

    :param said: what it says, by field.
    """

    last_name, first_name, phone, contact_email = (
        PersonalInformation.base_fields[name] for name in ("last_name", "first_name", "phone", "contact_email")
    )

    def __init__(self, *args: Any, said: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = said
        self.initial |= said
        [password] = self.layout
        who = "Voici ce que disait la demande à laquelle ce lien répond. Corrigez ce qui n’est pas exact."
        self.layout = (
            Block("bloc-infos", "Vous", who, (("last_name", "first_name"), "phone", "contact_email")),
            password,
        )
        if self.is_bound and not self.data.keys() & said.keys():  # who sends passwords alone corrects nothing
            self.data = self.data.copy()
            self.data.update(said)

    def values(self) -> dict[str, Any]:
        return super().values() | {name: self.cleaned_data[name] for name in self.said}


class ChangePasswordForm(NewPasswordForm, CurrentPasswordForm):
    """« Changer mon mot de passe »."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout = (
            Block("bloc-actuel", "Mot de passe actuel", "Pour être sûr que c’est bien vous.", ("current_password",)),
            Block("bloc-mdp", "Nouveau mot de passe", "", ("password1", "password2")),
        )
