"""Files of operators, too big to hold: read line by line, written all at once or not at all, with a report."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

TOLD = 100  # refused lines that the report names
EVERY = 50_000  # lines between two signs of life


class UnknownFile(Exception):
    """Not a file of the kind asked for, or it cannot be read; the message is a French sentence."""


@dataclass
class Report:
    """What became of a file: lines read, rows written, lines refused and why."""

    read: int = 0
    written: int = 0
    refused_count: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, number: int, why: str) -> None:
        self.refused_count += 1
        if len(self.refused) < TOLD:
            self.refused.append((number, why))

    def sentences(self) -> Iterator[str]:
        yield f"{self.read} lignes lues, {self.written} écrites, {self.refused_count} refusées."
        for number, why in self.refused:
            yield f"Ligne {number}\u00a0: {why}."
        if self.refused_count > len(self.refused):
            yield f"… et {self.refused_count - len(self.refused)} autres."


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The CSV, or the only one of a zip, and its size.

    :raises UnknownFile: it cannot be read, here or in the block.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                names = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
                if len(names) != 1:
                    raise UnknownFile("Ce zip doit contenir un seul fichier CSV.")
                with archive.open(names[0]) as file:
                    yield file, max(names[0].file_size, 1)  # type: ignore[misc]
        else:
            with path.open("rb") as file:
                yield file, max(path.stat().st_size, 1)
    except (OSError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile) as error:
        raise UnknownFile(f"Ce fichier ne se lit pas\u00a0: {error}.") from error


def dictionaries(file: BinaryIO) -> csv.DictReader:
    """The rows under their headings; « ; », a tab or « , » between the cells, whichever the first line has."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    head = text.readline()
    delimiter = next((sign for sign in ";\t," if sign in head), ",")
    names = next(csv.reader([head], delimiter=delimiter), [])
    return csv.DictReader(text, fieldnames=names, delimiter=delimiter)


def rows_of(
    rows: Iterable[Mapping[str | None, str | None]],
    read: Callable[[Mapping[str, str]], tuple],
    report: Report,
    told: Callable[[], None],
) -> Iterator[tuple]:
    """What `read` makes of each line; the report keeps those that it refuses (ValueError, a French sentence)."""
    for number, row in enumerate(rows, start=2):
        report.read += 1
        if report.read % EVERY == 0:
            told()
        try:
            if None in row or None in row.values():
                raise ValueError("elle n’a pas le nombre de colonnes des titres")
            yield read(row)  # type: ignore[arg-type]
        except ValueError as error:
            report.refuse(number, str(error))
