"""Files that one takes along: CSV that a French spreadsheet opens in columns by a double click, or the spreadsheet."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, count, islice
from typing import IO, Any

import xlsxwriter
from django.http import StreamingHttpResponse

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CHUNK = 64 * 1024  # bytes
SHEET = 1_048_575  # rows of a sheet under its headings, at most (the format's own limit)
FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet computes, or would once the apostrophes are gone


class Echo:
    """A file that gives back what is written to it, for a writer of rows to be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a file: « ; », its mark for UTF-8, CRLF; no cell is a formula."""
    writer = csv.writer(Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def csv_response(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a file, line by line, in bounded memory."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def write_sheets(file: IO[bytes], sheets: Iterable[tuple[str, Iterable[str], Iterable[Iterable[Any]]]]) -> None:
    """Write a spreadsheet in bounded memory: texts stay texts, their first zeros included.

    :param sheets: (name, headings, rows) of each; what a sheet cannot hold goes on in another of the same headings.
    """
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        for name, head, rows in sheets:
            names = chain([name], (f"{name} {number}" for number in count(2)))
            left = iter(rows)
            for title, first in zip(names, _firsts(left), strict=False):
                sheet = book.add_worksheet(title)
                sheet.write_row(0, 0, head, bold)
                sheet.freeze_panes(1, 0)
                for number, row in enumerate(chain(first, islice(left, SHEET - 1)), start=1):
                    sheet.write_row(number, 0, row)


def _firsts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """The first row of each sheet, in a list; none in the first sheet of an empty file."""
    yield list(islice(rows, 1))
    for row in rows:
        yield [row]


def xlsx_response(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a spreadsheet of one sheet, in bounded memory."""

    def written() -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            write_sheets(file, [("Export", head, rows)])
            file.seek(0)
            yield from iter(lambda: file.read(CHUNK), b"")

    response = StreamingHttpResponse(written(), content_type=SPREADSHEET)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def file_response(name: str, form: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a file in one of the two forms.

    :param name: without its ending.
    :param form: `csv` or `xlsx`.
    """
    write = xlsx_response if form == "xlsx" else csv_response
    return write(f"{name}.{form}", head, rows)


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; true and false as the published files write them."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def unquoted(cell: str) -> str:
    """What `safe` was given: without the apostrophe that it put before."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
