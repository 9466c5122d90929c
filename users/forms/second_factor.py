import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chorus_org.common.forms import Form, TextField


class CodeForm(Form):
    """The six digits that came by mail, or that an application shows."""

    shape = "[0-9]{6}"
    wanted = "Saisissez les 6 chiffres du code."

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


class ApplicationForm(CodeForm):
    """The six digits of the application, or one of the recovery codes."""

    shape = "[0-9]{6}|[A-Z2-9]{16}"
    wanted = "Saisissez les 6 chiffres que montre votre application, ou un code de secours entier."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "Ou un code de secours, par exemple ABCD-EFGH-2345-WXYZ."
        self.fields["code"].widget.attrs["inputmode"] = "text"


class PasswordForm(Form):
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Saisissez votre mot de passe."},
    )
