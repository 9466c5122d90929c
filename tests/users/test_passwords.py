"""What makes a password strong enough (security, ruling 1)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.support.factories import UserFactory
from tests.support.people import appoint_to
from users.login.passwords import advice


def refused(password, user=None):
    with pytest.raises(ValidationError) as error:
        validate_password(password, user)
    return " ".join(error.value.messages).replace("\u00a0", " ")


@pytest.mark.parametrize(
    "password",
    [
        "correct cheval pile agrafe",
        "agrafe cheval pile correct",
        "une phrase de passe, simplement",
        "🐴🔋📎✅ cheval pile",
        "x7#kQ2p!vB9z",
        "c" * 3 + " onze lampes vertes " + "d" * 80,
    ],
)
def test_length_and_surprise_are_enough(password):
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("Motdepasse123!", "« Motdepasse »"),
        ("M0tdep@ss3123!", "« M0tdep@ss3 »"),
        ("Bonjour2026!!", "« Bonjour » et « 2026 »"),
        ("azertyuiop12", "« azertyuiop »"),
        ("Chorus-Pro-2026", "« Chorus »"),
        ("Décembre2026 !", "« Décembre »"),
        ("1234567890123", "« 1234567890 »"),
    ],
)
def test_what_everybody_would_try_is_taken_out_first_and_named(password, part):
    assert part in refused(password)


@pytest.mark.parametrize(("password", "found"), [("court", 5), ("onze signes", 11), ("x" * 129, 129)])
def test_a_length_out_of_bounds_is_told(password, found):
    assert f"compte de 12 à 128 caractères ; celui-ci en compte {found}" in refused(password)


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "abcabcabcabc", "mnbvcxmnbvcx"])
def test_a_pattern_is_refused(password):
    assert "se devine" in refused(password)


class TestWordsOfTheirOwn:
    @pytest.mark.parametrize("password", ["Vasseur!Claire7", "claire.vasseur@x", "VasseurClaire75"])
    def test_names_and_address_are_taken_out(self, db, password):
        person = UserFactory(email="claire.vasseur@example.org", first_name="Claire", last_name="Vasseur")

        assert "se devine" in refused(password, person)

    @pytest.mark.parametrize("password", ["brigadoon-merlinpinpin", "Brigadoon2026!x", "merlinpinpin!A1"])
    def test_each_part_of_the_address_is_taken_out(self, db, password):
        person = UserFactory(email="brigadoon@merlinpinpin.fr", first_name="Zoé", last_name="Xu")

        assert refused(password, person)

    def test_the_names_of_their_structures_are_taken_out(self, world):
        world.structure.legal_name = "Banque de France"
        world.structure.save()
        stranger = UserFactory(email="x@example.org", first_name="X", last_name="Y")
        appoint_to(world.structure, stranger)

        assert "« Banque »" in refused("Banque-de-France1", stranger)


def test_the_four_classes_are_advice_that_the_page_ticks():
    assert [met for *_, met in advice("")] == [False, False, False]
    assert [met for *_, met in advice("Agrafe")] == [True, False, False]
    assert [met for *_, met in advice("agrafe 7")] == [False, True, True]
    assert [met for *_, met in advice("Agrafe-7")] == [True, True, True]
