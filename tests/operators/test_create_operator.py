"""`manage.py create_operator`: the first operator, and the next ones."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from chorus_org.kernel.journal.models import Event
from chorus_org.operators.management.commands import create_operator
from tests.support.factories import UserFactory
from tests.support.operators import make_groups, make_staff
from tests.support.pages import plain
from users.models import AccountState, User

PASSWORD = "correct cheval pile agrafe"
NAMES = ("--last-name", "Garnier", "--first-name", "Paul")


@pytest.fixture(autouse=True)
def groups(db):
    make_groups()


@pytest.fixture
def password(monkeypatch):
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)


@pytest.fixture
def typing(monkeypatch):
    """What a person types when the command asks, one answer after the other."""

    def typed(*answers):
        left = list(answers)
        monkeypatch.delenv("OPERATOR_PASSWORD", raising=False)
        monkeypatch.setattr(create_operator, "getpass", lambda prompt: left.pop(0))

    return typed


def run(*arguments):
    """What the command prints, and what it complains of: (output, errors)."""
    out, err = StringIO(), StringIO()
    try:
        call_command("create_operator", *arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as leaving:
        assert leaving.code == 1
    return plain(out.getvalue()), plain(err.getvalue())


def test_a_new_account_is_made_an_operator_s_and_logs_in(client, password):
    out, err = run("Paul@Example.org", *NAMES, "--group", "administrateur")

    operator = User.objects.get(email="paul@example.org")
    assert (out, err) == ("paul@example.org est exploitant (administrateur) et se connecte sur /admin/.", "")
    assert (str(operator), operator.is_staff, operator.is_superuser) == ("Paul Garnier", True, False)
    assert [group.name for group in operator.groups.all()] == ["administrateur"]
    assert [event.kind for event in Event.objects.about(operator)] == ["account.created", "operator.made"]
    entered = client.post("/comptes/login/?next=/admin/", {"login": operator.email, "password": PASSWORD})
    assert entered.headers["Location"] == "/admin/"


def test_the_password_is_typed_twice(typing):
    typing(PASSWORD, PASSWORD)

    run("paul@example.org", *NAMES, "--group", "support")

    assert User.objects.get(email="paul@example.org").check_password(PASSWORD)


def test_a_known_account_is_raised_and_keeps_its_name_and_password(typing):
    person = UserFactory(email="claire@example.org")
    typing()

    out, err = run("CLAIRE@example.org", "--group", "support")

    raised = User.objects.get(pk=person.pk)
    assert (out, err) == ("claire@example.org est exploitant (support) et se connecte sur /admin/.", "")
    assert (raised.is_staff, raised.password, str(raised)) == (True, person.password, str(person))


def test_an_operator_gets_exactly_the_role_asked_for():
    operator = make_staff("administrateur")

    run(operator.email, "--group", "auditeur")

    assert [group.name for group in operator.groups.all()] == ["auditeur"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("paul@example.org", "--group", "support"),
            "Ce compte n’existe pas encore : donnez --last-name et --first-name pour le créer.",
        ),
        (("pas une adresse", *NAMES, "--group", "support"), "Saisissez une adresse de courriel valide."),
        (
            ("paul@example.org", *NAMES, "--group", "chef"),
            "Choisissez un rôle parmi : support, administrateur, auditeur.",
        ),
        (
            ("parti@example.org", "--group", "support"),
            "Ce compte est suspendu. Seul un compte actif peut être celui d’un exploitant.",
        ),
    ],
)
def test_a_refusal_is_a_sentence_and_nothing_is_written(password, arguments, sentence):
    UserFactory(email="parti@example.org", state=AccountState.SUSPENDU)

    out, err = run(*arguments)

    assert out == ""
    assert err == sentence
    assert list(User.objects.values_list("email", "is_staff")) == [("parti@example.org", False)]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ((PASSWORD, PASSWORD + " "), "Les deux mots de passe diffèrent. Recommencez."),
        (("court", "court"), "Le mot de passe compte de 12 à 128 caractères ; celui-ci en compte 5."),
        (("", ""), "Le mot de passe compte de 12 à 128 caractères ; celui-ci en compte 0."),
        (("x" * 129, "x" * 129), "Le mot de passe compte de 12 à 128 caractères ; celui-ci en compte 129."),
    ],
)
def test_a_password_is_refused_in_a_sentence(typing, typed, sentence):
    typing(*typed)

    out, err = run("paul@example.org", *NAMES, "--group", "support")

    assert (out, err) == ("", sentence)
    assert not User.objects.exists()


def test_the_validators_of_the_settings_are_asked(password, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 40},
        }
    ]

    out, err = run("paul@example.org", *NAMES, "--group", "support")

    assert out == ""
    assert "au minimum 40 caractères" in err
    assert not User.objects.exists()


def test_the_group_is_asked_for(password):
    with pytest.raises(CommandError):
        run("paul@example.org", *NAMES)
