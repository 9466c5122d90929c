"""One canonical form for each identifier, the same shape in Python and in the database, and no silent merging."""

import random
import re
import string
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from chorus_org.kernel.common.identifiers import (
    SHAPES,
    IdentifierType,
    canonical,
    canonical_email,
    check_key,
    new_person_identifier,
)
from tests.support.factories import siret
from tests.support.pages import plain

BANQUE = "57210489100013"
TYPES = list(IdentifierType)


def refusal(function, *arguments):
    with pytest.raises(ValidationError) as refused:
        function(*arguments)
    return plain(refused.value.messages[0])


@pytest.mark.parametrize(
    ("identifier_type", "typed", "spelt"),
    [
        ("SIRET", "572 104 891 00013", BANQUE),
        ("SIRET", " 572\u00a0104\u00a0891\u202f00013\t", BANQUE),
        ("SIRET", "572104891\u200900013\n", BANQUE),
        ("SIRET", "572.104.891.00013", BANQUE),
        ("SIRET", "572-104-891-00013", BANQUE),
        ("UE_HORS_FRANCE", "de 136 695 976", "DE136695976"),
        ("UE_HORS_FRANCE", "ie6388047v", "IE6388047V"),
        ("HORS_UE", " usacme   & co. ", "USACME & CO."),
        ("HORS_UE", "frwfmaison d'hotes", "FRWFMAISON D'HOTES"),
        ("RIDET", "1 234 567 001", "1234567001"),
        ("TAHITI", "a12345 001", "A12345001"),
        ("PARTICULIER", "part-0123456789", "PART-0123456789"),
        ("AUTRE", "en  cours 2026-11", "EN COURS 2026-11"),
        ("AUTRE", "1990675001fa", "1990675001FA"),
    ],
)
def test_each_identifier_has_one_spelling(identifier_type, typed, spelt):
    assert canonical(identifier_type, typed) == spelt


@pytest.mark.parametrize(
    ("identifier_type", "typed", "sentence"),
    [
        ("SIRET", "5721048910001", "Le SIRET compte 14 chiffres ; vous en avez donné 13."),
        ("SIRET", "572 104 891 000134", "Le SIRET compte 14 chiffres ; vous en avez donné 15."),
        ("SIRET", "", "Le SIRET compte 14 chiffres ; vous en avez donné 0."),
        ("SIRET", "5721O489100013", "Le SIRET compte 14 chiffres ; vous en avez donné 13, et 1 autre signe."),
        ("SIRET", "572/104/891/00013", "Le SIRET compte 14 chiffres ; vous en avez donné 14, et 3 autres signes."),
        ("RIDET", "12345678", "Le RIDET compte 9 ou 10 chiffres ; vous en avez donné 8."),
        ("TAHITI", "A1234", "Le numéro TAHITI compte 9 caractères ; vous en avez donné 5."),
        ("TAHITI", "É12345678", "Le numéro TAHITI compte 9 caractères ; vous en avez donné 8, et 1 autre signe."),
    ],
)
def test_the_error_says_how_many_characters_were_given(identifier_type, typed, sentence):
    assert refusal(canonical, identifier_type, typed) == f"{sentence} Vérifiez votre saisie."


DIGITS = {"SIRET", "RIDET"}  # whose dots and dashes are forgiven


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("572104891", "Ceci est un SIREN"),
        ("FR12572104891", "Ceci est un numéro de TVA"),
        ("5720503001", "Le SIRET compte 14 chiffres"),
    ],
)
def test_what_else_was_typed_for_a_siret_is_said(typed, sentence):
    assert refusal(canonical, "SIRET", typed).startswith(sentence)


LOOKALIKES = {
    "full-width digits": ("SIRET", "".join(chr(0xFEE0 + ord(digit)) for digit in BANQUE)),
    "one full-width digit": ("SIRET", "５7210489100013"),
    "Arabic digits": ("SIRET", "".join(chr(0x0660 + int(digit)) for digit in BANQUE)),
    "superscript": ("SIRET", "5721048910001³"),
    "zero width space": ("SIRET", "572104891\u200b00013"),
    "byte order mark": ("SIRET", "\ufeff57210489100013"),
    "soft hyphen": ("SIRET", "572104891\u00ad00013"),
    "right to left": ("SIRET", "\u202e57210489100013"),
    "NUL": ("SIRET", "57210489100013\x00"),
    "Cyrillic А": ("TAHITI", "\u041012345001"),
    "dotless ı": ("UE_HORS_FRANCE", "ıE6388047V"),
    "long ſ": ("UE_HORS_FRANCE", "ſE6388047V"),
    "İ": ("UE_HORS_FRANCE", "İE6388047V"),
    "ß": ("UE_HORS_FRANCE", "ß136695976"),
    "ligature": ("AUTRE", "ﬁnances"),
    "accent": ("AUTRE", "ÉCOLE"),
    "Kelvin sign": ("AUTRE", "\u212aELVIN"),
}


@pytest.mark.parametrize("case", LOOKALIKES)
def test_what_only_looks_like_an_identifier_is_refused(case):
    assert "autre" in refusal(canonical, *LOOKALIKES[case])


ODD = "\n\t\r \u00a0\u2009\u200b\u00ad٣３³ıſİßﬁÉéаK'&.-+*_/@"
SHAPED = {
    "SIRET": [BANQUE, "00000000000000"],
    "UE_HORS_FRANCE": ["DE136695976", "AA00", "AT+*0123456789ABCD"],
    "HORS_UE": ["USACME CO.", "FRWFMAISON D'HOTES", "CHA", "GB0 .&'-"],
    "RIDET": ["123456789", "1234567001"],
    "TAHITI": ["A12345001", "123456789"],
    "PARTICULIER": ["PART-0123456789", "PART-ABCDEFGHJK"],
    "AUTRE": ["X", "EN COURS 2026-11", "A" * 80, "A  -"],
}


def near(identifier_type):
    """What has the shape, and what one or two strokes make of it."""
    draw = random.Random(identifier_type)  # noqa: S311
    for _ in range(800):
        text = draw.choice(SHAPED[identifier_type])
        for _ in range(draw.randint(0, 2)):
            start = draw.randint(0, len(text))
            stroke = draw.choice(
                ["", draw.choice(ODD), draw.choice(string.ascii_letters), *draw.sample(string.digits, 2)]
            )
            text = text[:start] + stroke + text[start + draw.choice([0, 1, 1]) :]
        yield text


@pytest.mark.parametrize("identifier_type", TYPES)
def test_the_database_and_python_know_the_same_shape(db, identifier_type):
    samples = sorted(set(near(identifier_type)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = %s",
            [f"structure_{identifier_type.lower()}_shape"],
        )
        [[rule]] = cursor.fetchall()

        typed = 'SELECT %s::varchar, s::varchar COLLATE "C" FROM unnest(%s::text[]) s'
        cursor.execute(
            f"SELECT identifier, {rule} FROM ({typed}) AS sample (identifier_type, identifier)",  # noqa: S608
            [identifier_type, samples],
        )
        said = dict(cursor.fetchall())

    assert said == {sample: bool(re.fullmatch(SHAPES[identifier_type], sample)) for sample in samples}
    assert 30 < sum(said.values()) < len(said) - 30


@pytest.mark.parametrize("identifier_type", TYPES)
def test_a_spelling_is_its_own_spelling_and_changes_only_spaces_and_capitals(identifier_type):
    accepted = 0
    for typed in near(identifier_type):
        with suppress(ValidationError):
            spelt = canonical(identifier_type, typed.lower())
            accepted += 1
            assert canonical(identifier_type, spelt) == spelt
            assert re.fullmatch(SHAPES[identifier_type], spelt)
            plain_typed = re.sub(r"[.\-\s]", "", typed.lower()) if identifier_type in DIGITS else typed.lower()
            assert spelt.lower().replace(" ", "") == "".join(plain_typed.split())

    assert accepted > 50


class TestTheKey:
    @pytest.mark.parametrize("number", range(5))
    def test_a_siret_with_its_key_passes(self, number):
        check_key("SIRET", siret(number))
        check_key("SIRET", BANQUE)

    @pytest.mark.parametrize("position", range(14))
    def test_one_digit_miscopied_is_found(self, position):
        wrong = BANQUE[:position] + str((int(BANQUE[position]) + 1) % 10) + BANQUE[position + 1 :]

        assert refusal(check_key, "SIRET", wrong) == (
            "La clé de ce SIRET est fausse : un chiffre a sans doute été mal recopié."
        )

    def test_the_sirets_of_the_test_platform_have_the_shape_without_the_key(self):
        assert canonical("SIRET", "50419910266307") == "50419910266307"
        assert "clé" in refusal(check_key, "SIRET", "50419910266307")

    @pytest.mark.parametrize("nic", ["00006", "00105", "01005"])
    def test_the_offices_of_la_poste_count_by_five(self, nic):
        office = f"356000000{nic}"
        assert sum(map(int, office)) % 5 == 0

        check_key("SIRET", office)

    @pytest.mark.parametrize("nic", ["00007", "00106"])
    def test_an_office_of_la_poste_that_does_not_count_by_five_is_refused(self, nic):
        assert "clé" in refusal(check_key, "SIRET", f"356000000{nic}")

    def test_the_seat_of_la_poste_follows_the_common_rule(self):
        check_key("SIRET", "35600000000048")

    @pytest.mark.parametrize("number", ["DE136695976", "BE0403019261", "IE6388047V", "ESA58818501", "EL094259216"])
    def test_a_vat_number_with_its_key_passes(self, number):
        check_key("UE_HORS_FRANCE", number)

    @pytest.mark.parametrize("number", ["DE136695975", "BE0403019262", "US123456789"])
    def test_a_vat_number_with_a_wrong_key_or_country_is_refused(self, number):
        assert refusal(check_key, "UE_HORS_FRANCE", number) == (
            "La clé de ce numéro de TVA est fausse : un chiffre a sans doute été mal recopié."
        )

    @pytest.mark.parametrize(
        ("identifier_type", "identifier"),
        [("RIDET", "123456789"), ("TAHITI", "A12345001"), ("HORS_UE", "USACME"), ("AUTRE", "X"), ("PARTICULIER", "P")],
    )
    def test_the_other_types_have_none(self, identifier_type, identifier):
        check_key(identifier_type, identifier)


def test_the_identifier_of_a_private_person_is_drawn_without_what_one_misreads():
    drawn = {new_person_identifier() for _ in range(200)}

    assert len(drawn) == 200
    assert all(canonical("PARTICULIER", identifier) == identifier for identifier in drawn)
    assert not set("".join(identifier[5:] for identifier in drawn)) & set("ILOU")


class TestAnAddress:
    @pytest.mark.parametrize(
        ("typed", "spelt"),
        [
            (" Jean.Dupont@EXAMPLE.org\n", "jean.dupont@example.org"),
            ("jean+facture@example.org", "jean+facture@example.org"),
            ("jean@préfecture.example", "jean@xn--prfecture-c4a.example"),
            ("jean@PRÉFECTURE.example", "jean@xn--prfecture-c4a.example"),
            ("jean@xn--prfecture-c4a.example", "jean@xn--prfecture-c4a.example"),
            ("jean@ex\u0430mple.org", "jean@xn--exmple-4nf.org"),
        ],
    )
    def test_has_one_spelling(self, typed, spelt):
        assert canonical_email(typed) == spelt

    @pytest.mark.parametrize(
        "typed",
        ["", "@", "jean", "jean@", "@example.org", "jean@example", "jean@example.org.", "jean@example..org"]
        + [
            "jean@-example.org",
            "jean dupont@example.org",
            "jean@exam ple.org",
            "jean@a@example.org",
            ".jean@example.org",
        ]
        + [f"jean@{'a' * 64}.org"],
    )
    def test_is_an_address(self, typed):
        assert refusal(canonical_email, typed) == "Saisissez une adresse de courriel valide."

    @pytest.mark.parametrize(
        "typed",
        ["jéan@example.org", "je\u0430n@example.org", "İ@example.org", "ﬁnances@example.org", "ｊean@example.org"]
        + ["j\u200bean@example.org", "jean\u00ad@example.org", "\u202ejean@example.org", "ı@example.org"],
    )
    def test_has_a_plain_local_part(self, typed):
        assert refusal(canonical_email, typed) == "Saisissez l’adresse sans accent ni caractère spécial avant « @ »."

    @pytest.mark.parametrize(
        "typed",
        ["jean@exam\u200bple.org", "jean@exam\u00adple.org", "jean@exam\u200dple.org", "jean@\ufeffexample.org"]
        + ["jean@example。org", "jean@example．org", "jean@straße.de", "jean@ﬁnances.org", "jean@ｅxample.org"]
        + ["jean@\u212aelvin.org", "jean@example\u202e.org", '"je\x01an"@example.org', "jean@exam\x00ple.org"],
    )
    def test_holds_nothing_that_would_become_something_else(self, typed):
        assert refusal(canonical_email, typed).startswith("Cette adresse contient un caractère inhabituel")

    def test_fits_in_its_column(self):
        domain = ".".join(["d" * 60] * 3)
        longest = f"{'j' * 64}@{domain}.fr"
        too_long = f"{'j' * 64}@{domain}.{'e' * 60}.org"

        assert canonical_email(longest) == longest
        assert "Avant « @ », une adresse compte 64 caractères au plus" in refusal(canonical_email, f"j{longest}")
        assert refusal(canonical_email, too_long) == "Une adresse électronique compte 254 caractères au plus."

    def test_never_becomes_another_address(self):
        draw = random.Random(20)  # noqa: S311
        letters = "abcABCdeZ019-." * 4 + "éÉßςσΣİıſK\u212aаﬁ。．\u200b\u00ad\u200c\u200dｅ٣"
        accepted = 0
        for _ in range(6000):
            local, domain = ("".join(draw.choices(letters, k=draw.randint(1, 6))) for _ in range(2))
            typed = f"{local}@{domain}.org"
            with suppress(ValidationError):
                spelt = canonical_email(typed)
                accepted += 1
                shown = spelt.partition("@")[2].encode("ascii").decode("idna")
                assert canonical_email(spelt) == spelt
                assert f"{spelt.partition('@')[0]}@{shown}" == typed.lower()

        assert accepted > 300
