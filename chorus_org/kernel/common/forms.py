"""Forms as the portal draws them: blocks of fields, a summary of errors, sentences in French."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from chorus_org.kernel.common.identifiers import EMAIL_MAX, canonical_email
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.common.text import composed, is_unreadable
from chorus_org.kernel.common.typed import Kept
from chorus_org.kernel.common.words import UNREADABLE, worded

YEARS = range(1990, 2200)
SECRET = (forms.PasswordInput, forms.HiddenInput, forms.FileInput)


@dataclass(frozen=True)
class Block:
    """A part of a form: a title and its help on the left, fields on the right; a tuple of names shares a row."""

    id: str
    title: str
    help: str
    fields: tuple[str | tuple[str, ...], ...]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [(row,) if isinstance(row, str) else row for row in self.fields]


class Form(forms.Form):
    """A form of the portal. `layout` says in which blocks, and so in which order, its fields stand.

    A field that two forms share is taken from the first: `label = ServiceForm.base_fields["label"]`.
    """

    layout: ClassVar[tuple[Block, ...]] = ()
    use_required_attribute = True
    status = 422  # of the page, where something is wrong
    until: datetime | None = None  # before which it is no use to send it again
    made: Any = None  # what the operation gave back, once it accepted

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        """As Django's; what was kept of a session that ended (`typed`) fills the form, and sends nothing."""
        self._kept = data if isinstance(data, Kept) else None
        super().__init__(None if self._kept is not None else data, *args, **kwargs)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if self._kept is not None and field_name in self._kept:
            return field.widget.value_from_datadict(self._kept, {}, self.add_prefix(field_name))
        return super().get_initial_for_field(field, field_name)

    def full_clean(self) -> None:
        for field in self.fields.values():
            field.error_messages = worded(field)
        super().full_clean()

    @property
    def keepable(self) -> list[str]:
        """The fields that hold what a person types and may be kept: no password, code, key or file."""
        return [name for name, field in self.fields.items() if not field.disabled and not is_secret(field)]

    @property
    def field_order(self) -> list[str]:
        """Django's: the order of the fields, hence of the checks and of the summary of errors."""
        return [name for block in self.layout for row in block.rows for name in row]

    @property
    def blocks(self) -> Iterator[dict[str, Any]]:
        """The blocks with their rows of bound fields, for the template."""
        for block in self.layout:
            rows = [[self[name] for name in row] for row in block.rows]
            yield {"id": block.id, "title": block.title, "help": block.help, "rows": rows}

    @property
    def error_lines(self) -> list[dict[str, Any]]:
        """The lines of the summary: what is wrong with each field, in their order, then what speaks of none."""
        of_fields = [
            {"field": self[name], "message": message[:1].lower() + message[1:]}
            for name in self.fields
            for message in self.errors.get(name, ())
        ]
        return of_fields + [{"field": None, "message": message} for message in self.non_field_errors()]

    def values(self) -> dict[str, Any]:
        """What the form gives its operation, by name; a form whose fields are not those arguments says it here."""
        return self.cleaned_data

    def submit(self, operation: Callable[..., Any], **arguments: Any) -> bool:
        """Whether the operation accepted the form's values; what it made of them is kept in `made`.

        :param arguments: what nobody types: the actor, the clock, the object.
        """
        if not self.is_valid():
            return False
        try:
            self.made = operation(**self.values(), **arguments)
        except Refusal as refusal:
            self.refuse(refusal)
            return False
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Show an operation's refusal at the field it speaks of."""
        self.status, self.until = refusal.status, refusal.until
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

    def check_only(self, *names: str) -> None:
        """Keep the errors of these fields alone: the others are still being filled in."""
        for name in self.errors.keys() - set(names):
            del self.errors[name]


def is_secret(field: forms.Field) -> bool:
    """Whether nothing but the operation may read what the field is sent, or nobody types it."""
    widget = field.widget
    return isinstance(widget, SECRET) or widget.attrs.get("autocomplete") == "one-time-code"


class TextField(forms.CharField):
    """Text in its composed form, without what nobody types (controls, hidden marks, another character set)."""

    default_error_messages: ClassVar[dict[str, str]] = {
        "unreadable": UNREADABLE,
    }

    def to_python(self, value: Any) -> str:
        text = composed(super().to_python(value))
        if is_unreadable(text):
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        return text


class AddressField(forms.EmailField):
    """An electronic address, in its one spelling (`common.identifiers`)."""

    default_validators: ClassVar[list[Any]] = []

    def __init__(self, *, autocomplete: str, missing: str = "", **kwargs: Any) -> None:
        super().__init__(
            max_length=EMAIL_MAX,
            widget=forms.EmailInput(
                attrs={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
            ),
            error_messages={
                "required": missing,
                "invalid": "Saisissez une adresse électronique complète, par exemple prenom.nom@example.org.",
            },
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        address = super().clean(value)
        try:
            return canonical_email(address) if address else ""
        except ValidationError as error:
            if error.code == "invalid":  # Django's own words
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
            raise


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field of date and time, to the second."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"step": "1", **(attrs or {})}, format="%Y-%m-%dT%H:%M:%S")


class ParisDateTimeField(forms.DateTimeField):
    """A moment, read on a clock in Paris; the hours that the clock change skips or doubles are refused in words."""

    widget = DateTimeInput
    default_error_messages: ClassVar[dict[str, str]] = {
        "invalid": "Saisissez une date et une heure, par exemple 10/03/2022 15:01:32.",
        "skipped": (
            "Cette heure n’existe pas\u00a0: la nuit du passage à l’heure d’été saute de 2 h à 3 h. "
            "Choisissez-en une autre."
        ),
        "doubled": (
            "Cette heure a lieu deux fois\u00a0: la nuit du retour à l’heure d’hiver revient de 3 h à 2 h. "
            "Choisissez une heure avant 2 h ou à partir de 3 h."
        ),
        "year": f"Saisissez une année entre {YEARS[0]} et {YEARS[-1]}.",
    }

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment = super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            self._check_year(error.params["datetime"])
            code = self._clock_change(error.params["datetime"])
            raise ValidationError(self.error_messages[code], code=code) from error
        self._check_year(moment)
        return moment

    def _check_year(self, moment: datetime | None) -> None:
        if moment and moment.year not in YEARS:
            raise ValidationError(self.error_messages["year"], code="year")

    @staticmethod
    def _clock_change(naive: datetime) -> str:
        before, after = (naive.replace(tzinfo=timezone.get_current_timezone(), fold=fold) for fold in (0, 1))
        return "doubled" if before.utcoffset() > after.utcoffset() else "skipped"


def choosing(url: Any, part: str, *others: str) -> dict[str, Any]:
    """Attributes of a list whose choice refreshes other parts of its form, at once with HTMX.

    Without JavaScript the button « Choisir » of the field posts the same form to the same address.

    :param part: « #id » of a part that the choice changes; `others` come with it.
    """
    return {
        "hx-post": url,
        "hx-include": "closest form",
        "hx-vals": '{"choisir": "1"}',
        "hx-trigger": "change",
        "hx-target": part,
        "hx-select": part,
        "hx-swap": "outerHTML",
        **({"hx-select-oob": ",".join(others)} if others else {}),
    }
