"""No sentence of a framework comes out of a form: each says what is wrong and what next, in the house's words."""

from importlib import import_module

import pytest
from django.forms import Form as AnyForm
from django.utils.functional import Promise

from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.words import worded
from tests.support.client import StrictClient
from tests.support.pages import plain
from tests.support.tree import modules
from users.adapters import AccountAdapter, SecondFactorAdapter

# What allauth may say where we let it: the login, its code
SAID_BY_ALLAUTH = {
    AccountAdapter: ("account_inactive", "email_password_mismatch", "incorrect_code", "invalid_login"),
    SecondFactorAdapter: ("incorrect_code",),
}
THEIRS = (
    "Assurez-vous que",
    "Sélectionnez un choix",
    "Ce champ est obligatoire",
    "Saisissez une valeur",
    "sont incorrects",
)


def every_form():
    for path in modules():
        if (
            "management" not in path.parts
            and "settings" not in path.parts
            and path.name not in ("wsgi.py", "gunicorn.py")
        ):
            import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    found, waiting = set(), [AnyForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.split(".")[0] in ("chorus_org", "users", "structures", "services", "habilitations"):
            found.add(form)
    return found


def test_every_form_of_ours_is_the_house_s():
    assert {form for form in every_form() if not issubclass(form, Form)} == set()


def test_the_frameworks_sentences_that_can_still_come_out():
    left = [
        (form.__name__, name, code)
        for form in every_form()
        for name, field in form.base_fields.items()
        for code, message in worded(field).items()
        if isinstance(message, Promise)
    ]
    left += [
        (form.__name__, name, validator)
        for form in every_form()
        for name, field in form.base_fields.items()
        for validator in field.validators
        if isinstance(getattr(validator, "message", ""), Promise) and validator.code not in worded(field)
    ]
    left += [
        (adapter.__name__, code)
        for adapter, codes in SAID_BY_ALLAUTH.items()
        for code in codes
        if isinstance(adapter.error_messages[code], Promise)
    ]

    assert left == []


@pytest.mark.parametrize("login", ["personne@example.org", "inconnue@example.org"])
def test_a_wrong_login_is_told_in_our_words(db, login):
    answer = StrictClient().post("/comptes/login/", {"login": login, "password": "faux"})

    assert "Identifiant ou mot de passe incorrect. Vérifiez-les" in plain(answer.text)
    assert not [words for words in THEIRS if words in answer.text]
