"""Files of operators, too big to hold: read line by line, written all at once or not at all, with a report."""

import csv
import io
import zipfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import IO, Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from django.core.management.base import BaseCommand, CommandError

from chorus_org.kernel.common.imports import folded, text_of

TOLD = 100  # refused lines that the report names
EVERY = 50_000  # lines between two signs of life
PART = 1024 * 1024  # bytes
ZIP, PARQUET = b"PK\x03\x04", b"PAR1"
BOOK = "[Content_Types].xml"  # what a zip that is a spreadsheet holds
BROKEN = (  # what a file that is cut or damaged raises, whatever its kind
    *(OSError, UnicodeError, csv.Error),
    *(zipfile.BadZipFile, zlib.error, EOFError, ParseError, DefusedXmlException),
)

Row = Mapping[str | None, str | None]
Told = Callable[[float], None]  # takes the share of the file that was read, now and then


class UnknownFile(Exception):
    """Not a file of the kind asked for, or it cannot be read; the message is a French sentence."""


@dataclass
class Report:
    """What became of a file: lines read, rows written, lines refused and why."""

    read: int = 0
    written: int = 0
    refused_count: int = 0
    refused: list[str] = field(default_factory=list)

    def refuse(self, where: str, why: str) -> None:
        self.refused_count += 1
        if len(self.refused) < TOLD:
            self.refused.append(f"{where}\u00a0: {why}.")

    def sentences(self) -> Iterator[str]:
        yield f"{self.read} lignes lues, {self.written} écrites, {self.refused_count} refusées."
        yield from self.refused
        if self.refused_count > len(self.refused):
            yield f"… et {self.refused_count - len(self.refused)} autres."


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    :param name: how a line of it is named, where the file has several tables.
    :param rows: by heading.
    :param share: how much of the table was read, from 0 to 1.
    """

    name: str
    heads: frozenset[str]
    rows: Iterable[Row]
    share: Callable[[], float]

    def read(self, act: Callable[[Mapping[str, str]], tuple], report: Report, told: Told) -> Iterator[tuple]:
        """What `act` makes of each line; the report keeps those that it refuses (ValueError, a French sentence)."""
        for number, row in enumerate(self.rows, start=2):
            if not any(row.values()):
                continue
            report.read += 1
            if report.read % EVERY == 0:
                told(self.share())
            try:
                if None in row or None in row.values():
                    raise ValueError("elle n’a pas le nombre de colonnes des titres")
                yield act(row)  # type: ignore[arg-type]
            except ValueError as error:
                report.refuse(f"{self.name}, ligne {number}" if self.name else f"Ligne {number}", str(error))


class LoadCommand(BaseCommand):
    """A command of operators that reads one file (`load`), says how far it is, and reports."""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="tout est lu, rien n’est écrit")

    def load(self, file: Path, *, told: Told, dry_run: bool) -> Report:
        """Read the file. :raises UnknownFile: it is not of the kind."""
        raise NotImplementedError

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            report = self.load(file, told=self._told, dry_run=dry_run)
        except UnknownFile as error:
            raise CommandError(str(error)) from error
        for line in report.sentences():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Essai\u00a0: rien n’est écrit.")

    def _told(self, share: float) -> None:
        self.stderr.write(f"\r{share:4.0%}", ending="")
        self.stderr.flush()


@contextmanager
def sheets(path: Path, headings: Collection[str]) -> Iterator[list[Sheet]]:
    """The tables of a file, read line by line: a CSV, the only one of a zip, a spreadsheet (XLSX), a Parquet.

    :param headings: those that the reader knows; they are found whatever their case, accents and signs.
    :raises UnknownFile: it cannot be read, here or in the block.
    """
    known = {folded(heading): heading for heading in headings}
    try:
        with path.open("rb") as file:
            begins = file.read(4)
        if begins == PARQUET:
            yield [_parquet(path, known)]
        elif begins.startswith(ZIP):
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                if BOOK in names:
                    with path.open("rb") as file:
                        yield _book(file, known)
                    return
                names = [name for name in names if name.lower().endswith(".csv")]
                if len(names) != 1:
                    raise UnknownFile("Ce zip doit contenir un seul fichier CSV.")
                size = archive.getinfo(names[0]).file_size
                with archive.open(names[0]) as looked:
                    encoding = _encoding(looked)
                with archive.open(names[0]) as inside:
                    yield [_csv(inside, encoding, size, known)]  # type: ignore[arg-type]
        else:
            with path.open("rb") as looked:
                encoding = _encoding(looked)
            with path.open("rb") as file:
                yield [_csv(file, encoding, path.stat().st_size, known)]
    except BROKEN as error:
        raise UnknownFile(f"Ce fichier ne se lit pas\u00a0: {error}.") from error


def _encoding(file: IO[bytes]) -> str:
    """UTF-16 and UTF-8 by their marks, UTF-8 where the whole file is, else Windows' own, as people save it."""
    begins = file.read(3)
    if begins.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if begins == BOM_UTF8:
        return "utf-8-sig"
    decoder = getincrementaldecoder("utf-8")()
    try:
        decoder.decode(begins)
        while part := file.read(PART):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _csv(file: BinaryIO, encoding: str, size: int, known: Mapping[str, str]) -> Sheet:
    """« ; », a tab or « , » between the cells, whichever the first line has."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    head = text.readline()
    delimiter = next((sign for sign in ";\t," if sign in head), ",")
    names = _named(next(csv.reader([head], delimiter=delimiter), []), known)
    rows = csv.DictReader(text, fieldnames=names, delimiter=delimiter)
    return Sheet("", frozenset(names), rows, lambda: file.tell() / max(size, 1))


def _book(file: BinaryIO, known: Mapping[str, str]) -> list[Sheet]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError) as error:  # a part is not there, or is no XML
        raise UnknownFile("Ce classeur ne se lit pas. Enregistrez-le de nouveau depuis un tableur.") from error
    return [_sheet(one, known) for one in book.worksheets]


def _sheet(sheet: Any, known: Mapping[str, str]) -> Sheet:
    most = sheet.max_row or 1
    sheet.reset_dimensions()  # some writers say less than there is
    lines = sheet.iter_rows(values_only=True)
    names = _named([text_of(cell) for cell in next(lines, ())], known)
    done = [1]

    def rows() -> Iterator[Row]:
        for line in lines:
            done[0] += 1
            cells = [text_of(cell) for cell in line]
            yield dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))

    return Sheet(sheet.title, frozenset(names), rows(), lambda: min(done[0] / most, 1.0))


def _parquet(path: Path, known: Mapping[str, str]) -> Sheet:
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError as error:
        raise UnknownFile(
            "Lire un fichier Parquet demande pyarrow (l’extra «\u00a0parquet\u00a0»). Installez-le, ou prenez le CSV."
        ) from error
    try:
        file = parquet.ParquetFile(path)
    except ValueError as error:
        raise UnknownFile("Ce fichier Parquet est abîmé. Téléchargez-le de nouveau.") from error
    columns = [name for name in file.schema_arrow.names if folded(name) in known]
    names, total, done = _named(columns, known), max(file.metadata.num_rows, 1), [0]

    def rows() -> Iterator[Row]:
        for batch in file.iter_batches(batch_size=5_000, columns=columns):
            for line in batch.to_pylist():
                done[0] += 1
                yield {name: text_of(line[column]) for name, column in zip(names, columns, strict=True)}

    return Sheet("", frozenset(names), rows(), lambda: done[0] / total)


def _named(heads: Iterable[str], known: Mapping[str, str]) -> list[str]:
    return [known.get(folded(head), head) for head in heads]
