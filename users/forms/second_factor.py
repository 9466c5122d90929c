import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chorus_org.kernel.common.forms import Form, TextField


class CodeForm(Form):
    """The six digits that came by mail, or that an application shows."""

    proof = "code"
    shape = "[0-9]{6}"
    wanted = "Saisissez les 6 chiffres du code."
    wrong = "Ce code n’est pas le bon, ou il a déjà servi. Vérifiez-le, puis saisissez-le de nouveau."

    code = TextField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["required"] = self.wanted

    def clean_code(self) -> str:
        """The code without the spaces and hyphens that help to read it."""
        code = re.sub(r"[\s-]", "", self.cleaned_data["code"]).upper()
        if not re.fullmatch(self.shape, code):
            raise ValidationError(self.wanted, code="shape")
        return code


class SquareForm(CodeForm):
    """The code of an application that has just read the square of this page."""

    square = forms.CharField(required=False, widget=forms.HiddenInput)

    def stand_beside(self, square: str) -> None:
        """Say which square the page shows."""
        self.initial["square"] = square
        if self.is_bound:
            self.data = self.data.copy()
            self.data["square"] = square


class KeyForm(Form):
    """What a security key answered, put in its field by the browser."""

    proof = "answer"
    wrong = "Cette clé n’est pas celle de ce compte, ou elle a répondu trop tard. Recommencez."

    answer = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The answer as it was written in JSON; a page whose other fields are wrong asks the key again."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            answer = json.loads(cleaned.get("answer", ""))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise ValidationError("Votre navigateur n’a pas transmis la réponse d’une clé. Recommencez.", code="shape")
        return {**cleaned, "answer": answer}


class NewKeyForm(KeyForm):
    """A key to add, under the name by which its owner will know it."""

    wrong = "Cette clé n’a pas pu être ajoutée\u00a0: elle a répondu trop tard, ou autrement que prévu. Recommencez."

    name = TextField(
        label="Nom de la clé",
        help_text="Pour la reconnaître, par exemple «\u00a0Clé du bureau\u00a0».",
        max_length=50,
        error_messages={"required": "Donnez un nom à la clé."},
    )


class ApplicationForm(CodeForm):
    """The six digits of the application, or one of the recovery codes; the latter alone for who has only keys."""

    shape = "[0-9]{6}|[A-Z2-9]{16}"
    wanted = "Saisissez les 6 chiffres que montre votre application, ou un code de secours entier."

    def __init__(self, *args: Any, with_application: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.help_text = "Ou un code de secours, par exemple ABCD-EFGH-2345-WXYZ."
        if not with_application:
            code.label, code.help_text = "Code de secours", "Par exemple ABCD-EFGH-2345-WXYZ."
            code.error_messages["required"] = "Saisissez un code de secours."
        code.widget.attrs["inputmode"] = "text"


class PasswordForm(Form):
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Saisissez votre mot de passe."},
    )
