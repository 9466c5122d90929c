"""What a field says of a value that it does not take: the house's words, where a form gives none of its own.

Each says what is wrong and what to do next; none of the framework's own sentences comes out
(`tests/conventions/test_words.py`).
"""

from typing import Any

from django import forms
from django.utils.functional import Promise

TOO_LONG = "%(limit_value)d caractères au plus\u00a0; il y en a %(show_value)d. Raccourcissez."
TOO_SHORT = "%(limit_value)d caractères au moins\u00a0; il y en a %(show_value)d. Complétez."
UNREADABLE = "Ce texte contient un caractère illisible, souvent venu d’un copier-coller. Retapez-le."
WORDS = {
    "required": "Ce champ est à remplir.",
    "invalid": "Cette valeur ne se lit pas. Saisissez-la de nouveau.",
    "invalid_choice": "Choisissez une valeur de la liste.",
    "invalid_list": "Choisissez dans la liste.",
    "invalid_pk_value": "Choisissez une valeur de la liste.",
    "list": "Choisissez dans la liste.",
    "incomplete": "Complétez ce champ.",
    "overflow": "Cette durée est trop grande. Corrigez-la.",
    "max_length": TOO_LONG,
    "min_length": TOO_SHORT,
    "max_value": "%(limit_value)s au plus. Corrigez le nombre.",
    "min_value": "%(limit_value)s au moins. Corrigez le nombre.",
    "null_characters_not_allowed": UNREADABLE,
    "missing": "Choisissez un fichier.",
    "empty": "Ce fichier est vide. Choisissez-en un autre.",
    "contradiction": "Choisissez un fichier, ou demandez à l’effacer, mais pas les deux.",
    "invalid_image": "Ce fichier n’est pas une image. Choisissez-en un autre.",
}
OF_KIND: dict[type[forms.Field], str] = {
    forms.DateField: "Saisissez une date, par exemple 10/03/2022.",
    forms.DateTimeField: "Saisissez une date et une heure, par exemple 10/03/2022 15:01.",
    forms.IntegerField: "Saisissez un nombre entier, en chiffres.",
    forms.EmailField: "Saisissez une adresse électronique complète, par exemple prenom.nom@example.org.",
    forms.UUIDField: "Choisissez une valeur de la liste.",
}


def worded(field: forms.Field) -> dict[str, Any]:
    """The messages of a field in the house's words; those that its form gave stay."""
    invalid = next((sentence for kind, sentence in OF_KIND.items() if isinstance(field, kind)), WORDS["invalid"])
    ours = {**WORDS, "invalid": invalid}
    theirs = [code for code, message in field.error_messages.items() if isinstance(message, Promise)]
    theirs += [
        getattr(each, "code", "") for each in field.validators if isinstance(getattr(each, "message", ""), Promise)
    ]
    return field.error_messages | {code: ours[code] for code in theirs if code in ours}
