"""Files that one takes along: CSV that a French spreadsheet opens in columns by a double click."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

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


def safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; true and false as the published files write them."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
