"""« Vérifier des lignes »: up to 5,000 addresses of invoices, pasted or in a file (domain, 5)."""

import csv
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.exports import csv_response
from chorus_org.kernel.common.forms import Form, TextField
from chorus_org.kernel.common.typed import typed
from services.directory.verdicts import MOST, read, verdicts

HEADER = ("ligne", "siret", "code", "engagement", "verdict", "phrase")
BYTES = 10**6


class LinesForm(Form):
    lines = TextField(
        label="Lignes à vérifier",
        required=False,
        max_length=BYTES,
        help_text=f"Une par ligne\u00a0: SIRET, ou SIRET;CODE;ENGAGEMENT. {MOST} lignes au plus.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    file = forms.FileField(label="Ou un fichier CSV", required=False, help_text="1 Mo au plus.")

    def clean_file(self) -> str:
        """The text of the file, as spreadsheets write it."""
        sent = self.cleaned_data["file"]
        if not sent:
            return ""
        if sent.size > BYTES:
            raise ValidationError("Ce fichier est trop gros\u00a0: 1 Mo au plus. Coupez-le en plusieurs.")
        return decoded(sent.read())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            self.rows = read(cleaned["file"] or cleaned["lines"])
        except csv.Error:
            raise ValidationError("Ces lignes ne se lisent pas. Vérifiez les guillemets.") from None
        if not self.rows:
            self.add_error("lines", "Saisissez au moins une ligne, ou choisissez un fichier.")
        elif len(self.rows) > MOST:
            self.add_error("lines", f"{MOST} lignes au plus\u00a0; il y en a {len(self.rows)}. Coupez-les.")
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Check lines, and show a verdict on each, or give them as a file."""
    form = LinesForm(typed(request), request.FILES or None)
    checked = verdicts(form.rows, at=timezone.now()) if form.is_valid() else []
    if checked and request.POST.get("format") == "csv":
        return csv_response("verification.csv", HEADER, (one.cells for one in checked))
    right = sum(one.is_ok for one in checked)
    text = "\n".join(";".join((one.siret, one.code, one.engagement)) for one in checked)
    context = {"checked": checked, "right": right, "wrong": len(checked) - right, "text": text}
    return form_page(request, "services/directory_check.html", form, **context)


def decoded(content: bytes) -> str:
    """The text of a file as people send it: UTF-8 with its mark or not, UTF-16, or Windows' own.

    :raises ValidationError: it holds no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise ValidationError("Ce fichier n’est pas un fichier CSV. Enregistrez-le en CSV depuis votre tableur.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
