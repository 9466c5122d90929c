"""Tables as people send them: CSV as spreadsheets write it, or the spreadsheet, told apart by what they hold."""

import csv
import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from chorus_org.kernel.common.exports import unquoted

BYTES, ROWS, COLUMNS = 5 * 10**6, 10_000, 100
UNFOLDED, PARTS = 50 * 10**6, 1_000  # of a spreadsheet, which is a zip: bytes, members
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UNREADABLE = "Ce fichier n’est ni un CSV ni un classeur lisible. Enregistrez-le de nouveau depuis votre tableur."
TRUE, FALSE = {"true", "vrai", "oui", "o", "x", "1"}, {"false", "faux", "non", "n", "0", ""}


@dataclass(frozen=True)
class Line:
    """A line of a table: its number in the file, and what it says under each heading that is known."""

    number: int
    values: Mapping[str, str]


class TableField(forms.FileField):
    """A file of rows. Its clean value is the rows, as lists of texts, empty ones included; none without a file."""

    def __init__(self, *, most: int = BYTES, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", f"CSV, ou classeur (XLSX, ODS)\u00a0; {most // 10**6} Mo au plus.")
        super().__init__(**kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[list[str]]:
        sent = super().clean(data, initial)
        if not sent:
            return []
        if sent.size > self.most:
            raise ValidationError(f"Ce fichier est trop gros\u00a0: {self.most // 10**6} Mo au plus. Coupez-le.")
        return table(sent.read())


def table(content: bytes) -> list[list[str]]:
    """The rows of a file, whatever its name says.

    :raises ValidationError: it holds no table, or too much.
    """
    rows = _spreadsheet(content) if content.startswith(SPREADSHEETS) else rows_of(decoded(content))
    if len(rows) > ROWS:
        raise ValidationError(f"Ce fichier a plus de {ROWS} lignes. Coupez-le en plusieurs.")
    if any(len(row) > COLUMNS for row in rows):
        raise ValidationError(f"Ce fichier a plus de {COLUMNS} colonnes\u00a0: est-ce le bon\u00a0?")
    return rows


def rows_of(text: str) -> list[list[str]]:
    """The rows of a text; « ; », a tab or « , » between the cells, whichever the first lines have.

    :raises ValidationError: its quotes do not match.
    """
    sample = text[:2000]
    delimiter = next((sign for sign in ";\t," if sign in sample), ";")
    try:
        read = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
        rows = [[unquoted(cell.strip()) for cell in row] for row in read]
    except csv.Error as error:
        raise ValidationError("Ces lignes ne se lisent pas. Vérifiez les guillemets.") from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def decoded(content: bytes) -> str:
    """The text of a file as people send it: UTF-8 with its mark or not, UTF-16, or Windows' own.

    :raises ValidationError: it holds no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise ValidationError(UNREADABLE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines(
    rows: Sequence[Sequence[str]], headings: Mapping[str, Iterable[str]], needed: Iterable[str]
) -> Iterator[Line]:
    """The lines of a table under its headings, which are known whatever their case, accents and signs.

    Lines that say nothing are left out, and headings that come again.

    :param headings: by the name of a value, the headings that it may stand under.
    :param needed: the names without which the table says nothing.
    :raises ValidationError: a heading that is needed is not there.
    """
    names = {folded(heading): name for name, known in headings.items() for heading in known}
    first = next((number for number, row in enumerate(rows) if any(row)), 0)
    head = [names.get(folded(cell), "") for cell in rows[first]] if rows else []
    if missing := [next(iter(headings[name])) for name in needed if name not in head]:
        raise ValidationError(
            f"La première ligne doit porter les titres des colonnes\u00a0; il manque\u00a0: {', '.join(missing)}."
        )
    for number, row in enumerate(rows[first + 1 :], start=first + 2):
        values = {name: cell for name, cell in zip(head, row, strict=False) if name}
        if any(values.values()) and [names.get(folded(cell)) for cell in row] != [name or None for name in head]:
            yield Line(number, values)


def truth(text: str) -> bool | None:
    """Whether a cell says yes or no, as published files and people write it; None where it says neither."""
    word = text.strip().lower()
    return True if word in TRUE else False if word in FALSE else None


def _spreadsheet(content: bytes) -> list[list[str]]:
    """The rows of the first sheet."""
    try:
        if content.startswith(SPREADSHEETS[0]):
            with zipfile.ZipFile(io.BytesIO(content)) as unfolded:
                parts = unfolded.infolist()
                if len(parts) > PARTS or sum(part.file_size for part in parts) > UNFOLDED:
                    raise ValidationError("Ce classeur est trop gros une fois ouvert. Enregistrez-le en CSV.")
                if unfolded.testzip():  # read through: a part that is not as big as it says is found here
                    raise ValidationError(UNREADABLE)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=ROWS + 1)
    except (CalamineError, zipfile.BadZipFile, IndexError, NotImplementedError, ValueError) as error:
        raise ValidationError(UNREADABLE) from error
    read = [[text_of(cell) for cell in row] for row in rows]
    while read and not any(read[-1]):
        read.pop()
    return read


def text_of(cell: Any) -> str:
    """What a cell of a spreadsheet says, as our own files would write it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (datetime.datetime, datetime.date)):
        return cell.isoformat()
    return unquoted(str(cell).strip())


def folded(heading: str) -> str:
    """A heading without what people and spreadsheets change: its case, its accents, its signs."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())
