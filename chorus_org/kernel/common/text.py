"""Text as it is typed, stored and sorted."""

import re
import unicodedata
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from django.db.models import Func, TextField

# Controls, marks that are not seen, lone surrogates, and the sign that stands for bytes of another character set
_UNREADABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffd"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def is_unreadable(text: str) -> bool:
    """Whether the text holds something that nobody types: a control, a hidden mark, bytes of another character set."""
    return bool(_UNREADABLE.search(text))


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text, or compare with it: neither NUL nor half a character."""
    return not re.search(r"[\x00\ud800-\udfff]", text)


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC), without white space around it."""
    return unicodedata.normalize("NFC", text).strip()


_ACCENTED = "ÀÂÄÁÃÅàâäáãåÇçÉÈÊËéèêëÍÌÎÏíìîïÑñÓÒÔÖÕóòôöõÚÙÛÜúùûüÝŸýÿ"
_PLAIN = "aaaaaaaaaaaacceeeeeeeeiiiiiiiinnoooooooooouuuuuuuuyyyy"
_FOLDED = {
    **dict(zip(map(ord, ascii_uppercase + _ACCENTED), ascii_lowercase + _PLAIN, strict=True)),
    **dict.fromkeys(map(ord, "œŒ"), "oe"),
    **dict.fromkeys(map(ord, "æÆ"), "ae"),
}


def fold(text: str) -> str:
    """What `Fold` makes of a text, for what is typed and then compared with it."""
    return re.sub("[^a-z0-9]+", " ", text.translate(_FOLDED)).strip(" ")


class Fold(Func):
    """SQL `public.fold(text)`: lower case, no accents, ligatures opened, everything else a space.

    Names sort and compare by it, the same on every machine, whatever its collations.
    """

    function = "public.fold"
    arity = 1

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, output_field=TextField(db_collation="C"), **extra)
