"""« Importer des services »: many at once, from a file or pasted, tried line by line before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.answers import form_page, sent
from chorus_org.kernel.common.choosing import ObjectField, searching
from chorus_org.kernel.common.forms import Block, Form, ParisDateTimeField, TextField
from chorus_org.kernel.common.imports import Line, TableField, lines, rows_of, truth
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed
from services import policies
from services.forms import ServiceForm
from services.models import CODE_MAX, CODE_SHAPE
from services.operations import ServicesRefused, check_services, create_services
from services.views import whom_to_ask
from structures.models import Structure, StructureQuerySet

MOST = 500  # services in a file
HERE = address_lazy("services:import")
# The headings of the published directory, of our own files, and what people write instead
HEADINGS = {
    "code": ("Code", "CodeService", "Code de service", "Code service"),
    "label": ("Nom", "NomService", "Libellé", "Libellé du service"),
    "description": ("Description",),
    "engagement_required": ("GestionEGMT", "GestionEngagement", "Engagement obligatoire"),
    "active_from": ("DateDebut", "Date de début d’activation", "Début"),
    "active_until": ("DateFin", "Date de fin d’activation", "Fin"),
    "identifier": ("Identifiant", "SIRET"),
}
REFUSED_OUTSIDE = (
    "Les logiciels reliés à l’annuaire national refusent ce code\u00a0: lettres, chiffres, - _ / seulement."
)


class YesNoField(forms.CharField):
    def clean(self, value: Any) -> bool:
        answer = truth(super().clean(value))
        if answer is None:
            raise ValidationError("Écrivez oui ou non.")
        return answer


class LineForm(Form):
    """One line: what « Créer un service » asks, but the shape of codes that older software chose (domain, 4.2)."""

    code = TextField(
        label="Code",
        max_length=CODE_MAX,
        error_messages={"required": ServiceForm.base_fields["code"].error_messages["required"]},
    )
    label = ServiceForm.base_fields["label"]
    description = ServiceForm.base_fields["description"]
    active_from = ParisDateTimeField(label="Début", required=False)
    active_until = ParisDateTimeField(label="Fin", required=False)
    engagement_required = YesNoField(label="Engagement", required=False)


class ImportForm(Form):
    structure = ObjectField(
        label="Structure",
        search=StructureQuerySet.named,
        asks=searching(HERE, "structure"),
        error_messages={"required": "Choisissez la structure des services."},
    )
    active_from = ParisDateTimeField(
        label="Début d’activation",
        help_text="Des lignes qui n’ont pas de date\u00a0: l’annuaire publié n’en porte aucune.",
    )
    file = TableField(label="Fichier", required=False)
    lines = TextField(
        label="Ou collez les lignes",
        required=False,
        max_length=10**6,
        help_text="Avec leurs titres\u00a0: Code;Nom;Description;Engagement obligatoire;Début;Fin.",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-structure",
            "Structure",
            "Les structures où vous détenez «\u00a0Organisation modification\u00a0».",
            ("structure", "active_from"),
        ),
        Block(
            "bloc-fichier",
            "Services",
            f"Une ligne par service, {MOST} au plus. Rien n’est écrit avant que vous n’ayez vu le résultat.",
            ("file", "lines"),
        ),
    )

    def __init__(self, *args: Any, structures: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["structure"]
        asked = self["structure"].value()
        self.is_empty = not chooser.offer(
            structures, chosen=[asked] if asked else [], typed=self.data.get("structure_q", "")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.rows = cleaned["file"] or rows_of(cleaned["lines"])
        where = "file" if cleaned["file"] else "lines"
        if not self.rows:
            self.add_error("file", "Choisissez un fichier, ou collez des lignes.")
            return cleaned
        try:
            self.found = list(lines(self.rows, HEADINGS, needed=("code", "label")))
        except ValidationError as error:
            self.add_error(where, error)
            return cleaned
        if not self.found:
            self.add_error(where, "Il n’y a aucune ligne sous les titres.")
        elif len(self.found) > MOST:
            self.add_error(where, f"{MOST} services au plus\u00a0; il y en a {len(self.found)}. Coupez le fichier.")
        return cleaned


@dataclass
class Tried:
    """A line and what becomes of it."""

    line: Line
    values: dict[str, Any] | None = None
    problems: list[str] = field(default_factory=list)
    warning: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Try a file, show what each line would give, then write all of them, or none."""
    at = timezone.now()
    held = Structure.objects.held_by(request.user, policies.CREATE, at=at)
    initial = {"structure": request.GET.get("structure"), "active_from": at}
    form = ImportForm(typed(request), request.FILES or None, structures=held.to_choose(), initial=initial)
    if form.is_empty:
        raise NotAllowed(policies.WHO_MAY_CREATE + whom_to_ask(Structure.objects.visible_to(request.user, at=at)))
    if "choisir" in request.POST:
        form.check_only()
        return form_page(request, "services/import.html", form)
    if not form.is_valid():
        return form_page(request, "services/import.html", form)
    structure = form.cleaned_data["structure"]
    tried = [_tried(line, structure, form.cleaned_data["active_from"]) for line in form.found]
    good = [one for one in tried if not one.problems]
    confirmed = request.POST.get("confirmed") == "1" and len(good) == len(tried)
    act = create_services if confirmed else check_services
    try:
        act(structure_id=structure.pk, services=[one.values or {} for one in good], by=request.user, at=at)
    except ServicesRefused as refusal:
        for number, why in refusal.by_number.items():
            good[number].problems.append(str(why))
    else:
        if confirmed:
            return sent(request, "Importer des services", structure)
    context = {
        "structure": structure,
        "tried": tried,
        "wrong": sum(bool(one.problems) for one in tried),
        "text": _text(form.rows),
        "active_from": form.data["active_from"],
    }
    return form_page(request, "services/import.html", form, **context)


def _tried(line: Line, structure: Structure, active_from: datetime) -> Tried:
    form = LineForm(dict(line.values))
    tried = Tried(line)
    if form.is_valid():
        values = form.values()
        tried.values = values | {"active_from": values["active_from"] or active_from}
    tried.problems = [message for messages in form.errors.values() for message in messages]
    if line.values.get("identifier", structure.identifier) not in ("", structure.identifier):
        tried.problems.append("Cette ligne est d’une autre structure.")
    if not tried.problems and not CODE_SHAPE.search(line.values["code"]):
        tried.warning = REFUSED_OUTSIDE
    return tried


def _text(rows: Sequence[Sequence[str]]) -> str:
    """The rows as they are sent again to be written."""
    quoted = ([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows)
    return "\n".join(";".join(row) for row in quoted)
