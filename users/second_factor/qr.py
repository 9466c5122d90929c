"""The square that an application reads, as the path of an SVG: no markup is made here."""

from itertools import groupby

import qrcode


class Square:
    def __init__(self, text: str) -> None:
        code = qrcode.QRCode(border=4)
        code.add_data(text)
        code.make()
        self.rows: list[list[bool]] = code.get_matrix()

    @property
    def size(self) -> int:
        return len(self.rows)

    @property
    def path(self) -> str:
        """Each run of dark dots, row by row."""
        drawn = []
        for y, row in enumerate(self.rows):
            for dark, run in groupby(range(len(row)), row.__getitem__):
                x, *more = run
                if dark:
                    drawn.append(f"M{x} {y}h{len(more) + 1}v1h-{len(more) + 1}z")
        return "".join(drawn)
