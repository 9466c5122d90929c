"""« Coordonnées bancaires »: checked, masked for those who do not manage, each change told to the GP (domain, 3.7)."""

import pytest

from habilitations.operations.bank_accounts import BankAccountRefused, add_bank_account, remove_bank_account
from habilitations.operations.renumbering import change_identifier
from structures.models import BankAccount
from tests.support.factories import another_siret
from tests.support.pages import error_of, plain
from tests.support.races import race, rounds

URL = "/organisation/structures/"
IBAN, BIC = "FR7630006000011234567890189", "AGRIFRPP"
TYPED = {
    "label": "Compte principal",
    "holder": "BANQUE DE FRANCE",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "bic": "agrifrpp",
}


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def url(world):
    return f"{URL}{world.structure.public_id}/coordonnees-bancaires/"


class TestWriting:
    def test_keeps_one_spelling(self, login, gp, url):
        page = login(gp).post(f"{url}creer/", TYPED, follow=True)

        account = BankAccount.objects.get()
        assert (account.iban, account.bic) == (IBAN, BIC)
        assert "L’envoi des données pour « Créer une coordonnée bancaire »" in plain(page.text)
        assert IBAN in page.text

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"iban": IBAN[:-1] + "0"}, "iban", "Cet IBAN est faux"),
            ({"iban": "FR"}, "iban", "Cet IBAN est faux"),
            ({"bic": "ABC"}, "bic", "8 ou 11 caractères"),
            ({"label": ""}, "label", "à remplir"),
        ],
    )
    def test_says_what_is_wrong(self, login, gp, url, change, field, sentence):
        page = login(gp).post(f"{url}creer/", TYPED | change)

        assert page.status_code == 422
        assert sentence in plain(error_of(page, field))
        assert not BankAccount.objects.exists()

    def test_the_same_account_twice_is_refused(self, login, gp, url, world):
        assert world.account

        page = login(gp).post(f"{url}creer/", TYPED)

        assert "a déjà ce compte" in plain(error_of(page, "iban"))

    def test_changes_and_removes(self, login, gp, world):
        account, client = world.account, login(gp)
        here = f"{URL}coordonnees-bancaires/{account.public_id}/"

        client.post(here, TYPED | {"label": "Ancien compte", "bic": ""})
        account.refresh_from_db()
        assert (account.label, account.bic) == ("Ancien compte", "")
        page = client.post(f"{here}supprimer/", follow=True)
        assert "« Ancien compte » est supprimée" in plain(page.text)
        assert not BankAccount.objects.exists()


class TestReading:
    def test_is_masked_for_who_does_not_manage(self, login, world, url):
        assert world.account

        page = login(world.person("member")).get(url)

        assert "FR76 •••• 0189" in plain(page.text)
        assert IBAN not in page.text
        assert "Modifier" not in plain(page.text)

    def test_another_structure_s_is_not_there(self, login, world):
        account = world.account

        page = login(world.person("gp_elsewhere")).get(f"{URL}coordonnees-bancaires/{account.public_id}/")

        assert page.status_code == 404


class TestTelling:
    def test_the_gp_is_told_of_what_another_does(self, world, gp, mails, now):
        modifier = world.person("modifier")

        add_bank_account(structure_id=world.structure.pk, label="Neuf", holder="X", iban=IBAN, by=modifier, at=now)

        mail = list(mails)[-1]
        assert (mail.recipient, IBAN in mail.text) == (gp.email, False)
        assert f"{modifier} a créé la coordonnée bancaire « Neuf » (FR76 •••• 0189)" in plain(mail.text)

    def test_the_gp_is_not_told_of_what_they_do(self, world, gp, mails, now):
        before = len(list(mails))

        add_bank_account(structure_id=world.structure.pk, label="Neuf", holder="X", iban=IBAN, by=gp, at=now)

        assert len(list(mails)) == before


def test_follows_a_change_of_siret(world, gp, now):
    assert world.account

    new = change_identifier(structure_id=world.structure.pk, identifier=another_siret(world.structure), by=gp, at=now)

    assert new.bank_accounts.get().iban == IBAN


def test_is_for_who_manages(world, now):
    with pytest.raises(BankAccountRefused):
        remove_bank_account(account_id=world.account.pk, by=world.person("member"), at=now)


@pytest.mark.django_db(transaction=True)
@rounds
def test_removed_twice_at_once_is_removed_once(_, world, now):
    account, people = world.account, [world.person("gp"), world.person("modifier")]

    outcomes = race(*(lambda by=by: remove_bank_account(account_id=account.pk, by=by, at=now) for by in people))

    assert sum(one is None for one in outcomes) == 1
    assert sum(isinstance(one, BankAccountRefused) for one in outcomes) == 1
