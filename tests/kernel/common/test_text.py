"""Text as it is typed, folded and sorted."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chorus_org.kernel.common.text import composed, fold, is_unreadable
from structures.models import Structure
from tests.support.factories import StructureFactory

FRENCH = "abcdefghijklmnopqrstuvwxyzàâäáãåçéèêëíìîïñóòôöõúùûüýÿœæ"
NAMES = st.text(alphabet=FRENCH + FRENCH.upper() + "0123456789 -'’.,&/()«»\u00a0\u202f–", max_size=40)

TYPED = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


def fold_in_sql(texts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.fold(t) FROM unnest(%s::text[]) WITH ORDINALITY AS s(t, n) ORDER BY n", [texts])
        return [folded for (folded,) in cursor.fetchall()]


def fold_in_python(text):
    opened = text.lower().replace("œ", "oe").replace("æ", "ae")
    bare = "".join(sign for sign in unicodedata.normalize("NFD", opened) if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign in "abcdefghijklmnopqrstuvwxyz0123456789" else " " for sign in bare).split())


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=5, max_size=20))
def test_sql_and_python_fold_names_alike(db, names):
    assert fold_in_sql(names) == [fold_in_python(name) for name in names] == [fold(name) for name in names]


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(TYPED), min_size=5, max_size=20))
def test_sql_and_python_fold_whatever_is_typed_alike(db, texts):
    assert fold_in_sql(texts) == [fold(text) for text in texts]


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("L’HAŸ-LES-ROSES", "l hay les roses"),
        ("Œuvre de l'abbé Lætitia", "oeuvre de l abbe laetitia"),
        ("  SAINT–ÉLOI  (MAIRIE) ", "saint eloi mairie"),
        ("C.C.A.S. N°\u00a02", "c c a s n 2"),
        ("«\u202f!?\u202f»", ""),
        (None, None),
    ],
)
def test_how_names_are_folded(db, name, folded):
    assert fold_in_sql([name]) == [folded]


def test_every_accented_letter_of_french_loses_its_accent(db):
    letters = [letter for letter in FRENCH + FRENCH.upper() if not letter.isascii()]

    folded = fold_in_sql(letters)

    assert folded == [fold_in_python(letter) for letter in letters]
    assert all(text.isascii() and text for text in folded)


def test_a_decomposed_name_folds_as_a_composed_one_once_composed(db):
    decomposed = unicodedata.normalize("NFD", "Évian-les-Bains, forêt çà et là")

    assert fold_in_sql([composed(decomposed)]) == ["evian les bains foret ca et la"]


def test_names_sort_as_in_a_french_dictionary(db):
    for name in ("Zuydcoote", "école", "Évian", "Albi", "ECOLE DES CHARTES", "Œuvre", "Ouessant", "L’Hay", "L'HAŸ B"):
        StructureFactory(legal_name=name)

    names = Structure.objects.order_by("name_key", "id").values_list("legal_name", flat=True)

    assert list(names) == [
        "Albi",
        "école",
        "ECOLE DES CHARTES",
        "Évian",
        "L’Hay",
        "L'HAŸ B",
        "Œuvre",
        "Ouessant",
        "Zuydcoote",
    ]


def test_a_private_person_sorts_by_last_then_first_name(db):
    person = {"identifier_type": "PARTICULIER", "legal_name": "", "private": True}
    StructureFactory(**person, identifier="PART-0000000001", last_name="Évrard", first_name="Zoé")
    StructureFactory(**person, identifier="PART-0000000002", last_name="Evrard", first_name="Anaïs")

    keys = Structure.objects.order_by("name_key").values_list("name_key", flat=True)

    assert list(keys) == ["evrard anais", "evrard zoe"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Service financier SGPI",
        "Pôle « prescription »\u00a0: l’été – 50\u202f% d’achats, 12 €/m²",
        "première ligne\r\nseconde\tligne",
        "Łódź, Åre, Straße, Αθήνα, Київ, 東京",
        unicodedata.normalize("NFD", "Évian"),
        "👍",
    ],
)
def test_what_people_type_is_readable(text):
    assert not is_unreadable(text)


HIDDEN = {
    "NUL": "\x00",
    "control": "\x07",
    "escape": "\x1b",
    "delete": "\x7f",
    "C1 control": "\x85",
    "soft hyphen": "\u00ad",
    "Arabic letter mark": "\u061c",
    "Mongolian vowel separator": "\u180e",
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "right-to-left mark": "\u200f",
    "line separator": "\u2028",
    "right-to-left override": "\u202e",
    "word joiner": "\u2060",
    "isolate": "\u2066",
    "national digit shapes": "\u206e",
    "byte order mark": "\ufeff",
    "annotation": "\ufff9",
    "replacement character": "\ufffd",
    "lone surrogate": "\ud83d",
    "tag": "\U000e0041",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_nobody_types_is_unreadable(name):
    assert is_unreadable(f"Service{HIDDEN[name]} financier")


def test_text_is_composed_and_trimmed():
    assert composed(unicodedata.normalize("NFD", "\u00a0 Évian \n")) == "Évian"
