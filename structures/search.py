"""The search of the directory: public structures by words in any order, one typing error forgiven.

Words are exact keys of the beginnings of words (`structures.migrations.0003`), never `LIKE '%…%'`: a frequent word
costs no more than a rare one. Results are bounded: beyond, one is asked to say more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from chorus_org.kernel.common.paging import of
from chorus_org.kernel.common.text import fold
from structures.enums import Sector
from structures.models import Structure

MOST = 250  # results that are shown at most
WORDS, LONGEST, CORRECTED = 8, 12, 7
FEW = 3  # results under which a typing error is looked for
ALTERNATIVES = 6
# The rows of each index, as its migration names them: the rest of their id by 16
SLICES = (Q(rest=0), Q(rest__range=(1, 3)), Q(rest__range=(4, 7)), Q(rest__gt=7))
_REFRESH = """
INSERT INTO structures_search_word SELECT left(w, k), count(*) FROM structures_structure,
  LATERAL (SELECT DISTINCT unnest(string_to_array(name_key || ' ' || public.fold(city), ' ')) w) x,
  generate_series(least(4, length(w)), least(7, length(w))) k
  WHERE sector = 'PUBLIQUE' AND length(w) >= 3 AND w !~ '[0-9]' GROUP BY 1
"""


@dataclass(frozen=True)
class Found:
    """
    :param ids: of the structures, the best first.
    :param is_more: there are more than shown.
    :param corrected: after a typing error.
    :param words: what was looked for, folded.
    """

    ids: list[int]
    is_more: bool = False
    corrected: bool = False
    words: Sequence[str] = ()

    @property
    def rows(self) -> list[Structure]:
        """All of them, the best first; a page reads its own alone (`paging.of`)."""
        return of(Structure.objects.all(), self.ids)


class Hit(NamedTuple):
    """What ranks a structure among those found."""

    pk: int
    name_key: str
    is_active: bool


def search(text: str, *, departement: str = "", where: Q | None = None) -> Found:
    """The public structures that a text finds: by identifier, or by words of name, town and postcode.

    :param departement: « 75 », « 2A », « 971 ».
    :param where: what the filters ask of the rows themselves.
    """
    public = Structure.objects.filter(where or Q(), sector=Sector.PUBLIQUE)
    digits = re.sub(r"[\s.\u00a0]", "", text)
    if digits.isdecimal() and len(digits) >= 6:
        known = public.filter(identifier__startswith=digits).order_by("identifier", "pk")
        ids = list(known.values_list("pk", flat=True)[: MOST + 1])
        return Found(ids[:MOST], len(ids) > MOST)
    folded = fold(text)
    words = folded.split()[:WORDS]
    tag = [f"'d:{departement.lower()}'"] if departement else []
    if not words and not tag:
        return Found([])
    hits = _matching(public, [*tag, *(word[:LONGEST] for word in words)])
    corrected = False
    if words and len(hits) < FEW and (corrections := _corrections(words)):
        more = _matching(public, [*tag, *corrections])
        corrected = len(more) > len(hits)
        hits = more if corrected else hits
    if len(hits) > MOST and words:  # too many to have seen all: the names that begin with the text are among them
        hits = list({*_named(public, folded, departement), *hits})
    ordered = sorted(hits, key=lambda hit: _rank(hit, folded, words))
    return Found([hit.pk for hit in ordered[:MOST]], len(hits) > MOST, corrected, words)


def refresh_words() -> None:
    """Count again the words that typing errors are corrected into."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM structures_search_word")
        cursor.execute(_REFRESH)


def _matching(public: QuerySet, keys: Sequence[str]) -> list[Hit]:
    """The first of the rows that have all these keys, one more than is shown.

    Each slice of the rows has an index of its own, and the database stops at the one that gives enough: of frequent
    keys, an index of all would give thousands for nothing.
    """
    match = RawSQL(
        "public.structure_search(structures_structure.name_key, structures_structure.city,"
        " structures_structure.postal_code) @@ %s::tsquery",
        [" & ".join(keys)],
        output_field=BooleanField(),
    )
    found = public.alias(rest=F("pk") % 16).filter(match).values_list(*Hit._fields)
    first, *others = (found.filter(rows) for rows in SLICES)
    return [Hit(*row) for row in first.union(*others, all=True)[: MOST + 1]]


def _named(public: QuerySet, folded: str, departement: str) -> list[Hit]:
    """Those whose name begins with the text: bounded, then filtered, or a rare filter would walk all the names."""
    first = Structure.objects.filter(sector=Sector.PUBLIQUE, name_key__startswith=folded)
    named = public.filter(pk__in=first.order_by("name_key", "pk").values("pk")[: MOST + 1])
    if departement:
        named = named.filter(
            RawSQL(
                "public.departement(structures_structure.postal_code) = %s",
                [departement.lower()],
                output_field=BooleanField(),
            )
        )
    return [Hit(*row) for row in named.values_list(*Hit._fields)]


def _corrections(words: Sequence[str]) -> list[str]:
    """The words, those that nothing begins with in the place of which stand the nearest known ones."""
    corrected, changed = [], False
    for word in words:
        known = [] if len(word) < FEW or not word.isalpha() else _nearest(word[:CORRECTED])
        others = [other for other in known if other != word[:CORRECTED]]
        changed |= bool(others)
        corrected.append(f"({' | '.join([word[:LONGEST], *others])})" if others else word[:LONGEST])
    return corrected if changed else []


def _nearest(word: str) -> list[str]:
    """The known beginnings of words one letter away: one more, one less, one other, or two that changed places."""
    forms = {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT word FROM structures_search_word WHERE (public.one_letter_less(word) COLLATE "C") && %s'
            " ORDER BY abs(length(word) - %s), n DESC LIMIT 40",
            [list(forms), len(word)],
        )
        return [row[0] for row in cursor.fetchall()][:ALTERNATIVES]


def _rank(hit: Hit, folded: str, words: Sequence[str]) -> tuple:
    name = f" {hit.name_key}"
    return (
        hit.name_key != folded,
        not hit.name_key.startswith(folded),
        not all(f" {word}" in name for word in words),
        not hit.is_active,
        hit.name_key,
        hit.pk,
    )
