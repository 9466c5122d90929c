"""What makes a password strong enough (security, ruling 1): length and surprise; classes of characters are advice."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from chorus_org.kernel.common import rights

LENGTHS = range(12, 129)
LEFT = 8  # characters that must remain once what everybody would try is taken out
SCORE = 3  # of zxcvbn, from 0 to 4
READ = 72  # characters: beyond, zxcvbn grows slow and nothing gets weaker

# Folded: lower case, no accents, « 0 » read as « o », « 3 » as « e », « @ » as « a »
_WORDS = """
    chorus organisation facture facturation portail structure service fournisseur client compte gestionnaire
    motdepasse password passe secret admin administrateur utilisateur bonjour bonsoir bienvenue welcome soleil
    azerty azertyuiop qsdfgh qsdfghjklm wxcvbn qwerty qwertyuiop asdfgh zxcvbn
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche printemps automne hiver
    france paris lyon marseille bretagne jetaime amour chocolat doudou loulou coucou
""".split()  # noqa: SIM905
_DIGITS = re.compile(r"(?:19|20)[0-9]{2}|0?1234?5?6?7?8?9?0?|98765?4?3?2?1?0?|([0-9])\1{2,}")
_FOLDED = str.maketrans("03@", "oea")


class StrengthValidator:
    """Django's validator of passwords, for every door through which one is chosen."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password that is too short, too long, or that anyone would try.

        :raises ValidationError: with a sentence that says which part was too easy.
        """
        if len(password) not in LENGTHS:
            raise ValidationError(
                f"Le mot de passe compte de {LENGTHS[0]} à {LENGTHS[-1]} caractères\u00a0; "
                f"celui-ci en compte {len(password)}.",
                code="password_length",
            )
        left, easy = _without_easy_parts(password, _words_about(user))
        if easy and len(left) < LEFT:
            parts = " et ".join(f"«\u00a0{part}\u00a0»" for part in easy[:2])
            raise ValidationError(
                f"Ce mot de passe se devine\u00a0: {parts} "
                f"{'se trouvent' if len(easy) > 1 else 'se trouve'} en premier. "
                "Ajoutez plusieurs mots sans rapport entre eux.",
                code="password_easy",
            )
        if zxcvbn(password[:READ])["score"] < SCORE:
            raise ValidationError(
                "Ce mot de passe se devine\u00a0: il suit un motif courant ou se répète. "
                "Choisissez plusieurs mots sans rapport entre eux.",
                code="password_easy",
            )

    def get_help_text(self) -> str:
        return f"De {LENGTHS[0]} à {LENGTHS[-1]} caractères. Long et inattendu vaut mieux que compliqué."


def advice(password: str) -> list[tuple[str, str, bool]]:
    """What the page ticks beside the field: the name of a piece of advice, its words, and whether it is followed."""
    return [
        ("case", "une minuscule et une majuscule", password.lower() != password and password.upper() != password),
        ("digit", "un chiffre", any(character.isdigit() for character in password)),
        ("sign", "un caractère spécial, par exemple - ! ? @", bool(password) and not password.isalnum()),
    ]


def _words_about(user: Any) -> list[str]:
    """The words of the person's names, address and structures, folded; short ones say nothing."""
    if user is None:
        return []
    texts = [user.email, user.last_name, user.first_name, *(rights.gate().names_around(user) if user.pk else ())]
    return [_folded(word) for text in texts for word in re.split(r"[\W_]+", text) if len(word) > 2]


def _without_easy_parts(password: str, words: Iterable[str]) -> tuple[str, list[str]]:
    """What remains of a password, and the parts that were taken out of it, as they were typed."""
    left, folded = password, _folded(password)
    easy = []
    for word in sorted({*_WORDS, *words}, key=len, reverse=True):
        while (start := folded.find(word)) >= 0:
            easy.append(left[start : start + len(word)])
            left = left[:start] + left[start + len(word) :]
            folded = _folded(left)
    easy += [match.group() for match in _DIGITS.finditer(left)]
    return _DIGITS.sub("", left), easy


def _folded(text: str) -> str:
    """One folded character for each character, so that places agree."""
    return (
        "".join(unicodedata.normalize("NFKD", character)[:1] or character for character in text)
        .lower()
        .translate(_FOLDED)
    )
