"""Forms that automata fill in as well: a field that nobody sees, and the time that a person needs to read."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner

from chorus_org.kernel.common.forms import Form

FASTEST, OLDEST = timedelta(seconds=2), timedelta(hours=24)
AUTOMATON = "Cet envoi ressemble à celui d’un automate. Relisez votre saisie, puis envoyez-la de nouveau."


class TrapForm(Form):
    """A form that refuses an automaton: it fills what nobody sees, or answers before anybody could read.

    Its layout names `website`.
    """

    website = forms.CharField(
        label="Laissez ce champ vide",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
        template_name="partials/trap.html",
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = TimestampSigner(salt="trap")
        self.initial["opened"] = self.signer.sign("")
        self.data = self.data and self.data.copy()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and (cleaned.get("website") or not self._was_read(cleaned.get("opened", ""))):
            self.data["website"], self.data["opened"] = "", self.initial["opened"]
            raise ValidationError(AUTOMATON, code="automaton")
        return cleaned

    def _was_read(self, opened: str) -> bool:
        """Whether the form was shown for as long as a person needs, at least, and within the last day."""
        try:
            self.signer.unsign(opened, max_age=OLDEST)
        except BadSignature:
            return False
        try:
            self.signer.unsign(opened, max_age=FASTEST)
        except BadSignature:
            return True
        return False
