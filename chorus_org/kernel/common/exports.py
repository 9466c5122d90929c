"""Files that one takes along: CSV that a French spreadsheet opens in columns by a double click, or the spreadsheet."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.http import StreamingHttpResponse

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024  # bytes
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that gives back what is written to it, for a writer of rows to be streamed."""

    def write(self, text: str) -> str:
        return text


def csv_response(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a file, line by line, in bounded memory: « ; », UTF-8 with its mark, CRLF; no cell is a formula."""
    writer = csv.writer(Echo(), delimiter=";", lineterminator="\r\n")

    def written() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([safe(cell) for cell in row])

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def xlsx_response(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a spreadsheet of one sheet, in bounded memory: texts stay texts, their first zeros included."""
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}

    def written() -> Iterator[bytes]:
        with tempfile.TemporaryFile() as file:
            with xlsxwriter.Workbook(file, options) as book:
                sheet = book.add_worksheet("Export")
                sheet.write_row(0, 0, head, book.add_format({"bold": True}))
                sheet.freeze_panes(1, 0)
                for number, row in enumerate(rows, start=1):
                    sheet.write_row(number, 0, row)
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
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
