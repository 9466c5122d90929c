"""A believable country, always the same one for a size, and the people who are measured in it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from stdnum import luhn

from structures.models import Structure
from structures.search import refresh_words
from users.models import User

SEED = 20261125
STARTS = ("Saint", "Mont", "Ville", "Beau", "Roche", "Clair", "Haut", "Fon", "Cham", "Puy", "Val", "Mar", "Per", "Bel")
MIDDLES = ("", "e", "er", "ar", "on", "au", "i", "ou", "ille", "an", "ecour", "igny", "eval", "ombe", "eneuv")
ENDS = ("ville", "court", "mont", "ac", "y", "ay", "sur-Loire", "les-Bains", "en-Forez", "le-Grand", "ières", "an")
FIRST = ("Marie", "Jean", "Claire", "Hervé", "Lucie", "Paul", "Inès", "Marc", "Zoé", "Yann", "Agnès", "Louis", "Nadia")
TRADES = ("BOULANGERIE", "GARAGE", "PHARMACIE", "TRANSPORTS", "MENUISERIE", "ÉLECTRICITÉ", "IMPRIMERIE", "CONSEIL")
PUBLIC = 0.15  # of the structures
KNOWN = ("COMMUNE DE SAINT-ÉTIENNE", "VILLE DE STRASBOURG", "UNIVERSITÉ DE STRASBOURG", "MINISTÈRE DES ARMÉES")
STATEMENTS = Path(__file__).with_name("country.sql")
RAW = """
CREATE TEMP TABLE raw
  (n int GENERATED ALWAYS AS IDENTITY, siret text, name text, sector text, postcode text, town text, must int)
"""


@dataclass(frozen=True)
class Country:
    structures: int
    small: User  # 10 requests wait for them
    middle: User  # 1,000, at a million structures
    large: User  # 20,000
    crowded: Structure  # of 5,000 people


def make(structures: int) -> Country:
    """Fill an empty database, once; a database already filled is read."""
    if not Structure.objects.exists():
        _fill(structures)
    small, middle, large = User.objects.filter(email__in=[f"p{n}@example.org" for n in (1, 2, 3)]).order_by("pk")
    return Country(structures, small, middle, large, small.managed_structures.earliest("pk"))


def rows(structures: int) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Give identifier, name, sector, postcode, town and what suppliers must give, of each structure."""
    dice = random.Random(SEED)  # noqa: S311, a country that is made up
    towns = [
        (
            start + middle + ("-" if end[0].islower() and "-" in end else "") + end,
            f"{dice.randrange(1, 96):02}{dice.randrange(1000):03}",
        )
        for start in STARTS
        for middle in MIDDLES
        for end in ENDS
    ]
    public = int(structures * PUBLIC)
    for number in range(structures):
        town, postcode = towns[int(len(towns) * dice.random() ** 2)]
        siren = luhn_of(f"{100_000_00 + number:08}")
        siret = luhn_of(f"{siren}{number % 100:04}")
        name = KNOWN[number] if number < len(KNOWN) else _name(dice, number < public, town, number)
        yield (
            siret,
            name,
            "PUBLIQUE" if number < public else "PRIVEE",
            postcode,
            town,
            dice.randrange(4) if number < public else 0,
        )


def luhn_of(digits: str) -> str:
    return digits + luhn.calc_check_digit(digits)


def _name(dice: random.Random, is_public: bool, town: str, number: int) -> str:
    if is_public:
        kind = dice.choice(
            (
                "COMMUNE DE",
                "COMMUNE DE",
                "COMMUNE DE",
                "CCAS DE",
                "ECOLE PRIMAIRE DE",
                "COLLEGE DE",
                "SYNDICAT DES EAUX DE",
                "EHPAD LA ROSERAIE DE",
                "MAIRIE DE",
                "REGIE DE LA RUE DE",
                "CENTRE HOSPITALIER DE",
                "UNIVERSITE DE",
            )
        )
        return f"{kind} {town}".upper() + (f" - ECOLE {dice.choice(FIRST)}".upper() if dice.random() < 0.1 else "")
    kind = dice.random()
    if kind < 0.22:
        return f"SCI LES {dice.choice(ENDS)} DE {town}".upper()
    if kind < 0.4:
        return f"{dice.choice(('MONSIEUR', 'MADAME'))} {dice.choice(FIRST)} {town}".upper()
    return f"{dice.choice(TRADES)} {dice.choice(FIRST)} {town} {number % 977}".upper()


@transaction.atomic
def _fill(structures: int) -> None:
    people = structures // 5
    staff, middle, large = min(5_000, people // 4), min(997, structures // 50), min(5_000, structures // 20)
    sizes = {"people": people, "staff": staff, "middle": middle, "large": large, "others": people - staff - 3}
    with connection.cursor() as cursor:
        cursor.execute(RAW)
        with cursor.copy("COPY raw (siret, name, sector, postcode, town, must) FROM STDIN") as copy:
            for row in rows(structures):
                copy.write_row(row)
        for statement in STATEMENTS.read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement, sizes)
    refresh_words()
