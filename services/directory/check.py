"""« Vérifier des lignes »: up to 5,000 addresses of invoices, pasted or in a file (domain, 5)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.exports import csv_response
from chorus_org.kernel.common.forms import Form, TextField
from chorus_org.kernel.common.imports import TableField, rows_of
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
    file = TableField(label="Ou un fichier", required=False, most=BYTES)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.rows = read(cleaned["file"] or rows_of(cleaned["lines"]))
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
