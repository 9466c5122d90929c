"""Where a structure is paid: each change is told to its GP (domain, 3.7)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from habilitations import notifications
from structures import policies
from structures.models import BankAccount, Structure

FIELDS = ("label", "holder", "iban", "bic")


class BankAccountRefused(Refusal):
    """A bank account was not written."""


@transaction.atomic
def add_bank_account(
    *, structure_id: int, label: str, holder: str, iban: str, bic: str = "", by: Any, at: datetime
) -> BankAccount:
    """Write down an account of a structure.

    :raises BankAccountRefused: `by` may not, the IBAN or the BIC is misspelt, or the structure has this account.
    """
    structure = _locked(structure_id, by)
    account = BankAccount(structure=structure, label=label, holder=holder, created_at=at)
    account.iban, account.bic = _checked(iban, bic)
    with refusing(BankAccount, BankAccountRefused):
        account.save(force_insert=True)
    _tell(Kind.BANK_ACCOUNT_ADDED, account, by=by, at=at)
    return account


@transaction.atomic
def change_bank_account(
    *, account_id: int, label: str, holder: str, iban: str, bic: str = "", by: Any, at: datetime
) -> BankAccount:
    """Change an account.

    :raises BankAccountRefused: as `add_bank_account`.
    """
    account = BankAccount.objects.get(pk=account_id)
    account.structure = _locked(account.structure_id, by)
    before = {name: getattr(account, name) for name in FIELDS}
    account.label, account.holder = label, holder
    account.iban, account.bic = _checked(iban, bic)
    if before != {name: getattr(account, name) for name in FIELDS}:
        with refusing(BankAccount, BankAccountRefused):
            account.save(update_fields=FIELDS)
        _tell(Kind.BANK_ACCOUNT_CHANGED, account, by=by, at=at)
    return account


@transaction.atomic
def remove_bank_account(*, account_id: int, by: Any, at: datetime) -> None:
    """Take an account away.

    :raises BankAccountRefused: `by` may not, or it is gone.
    """
    account = BankAccount.objects.filter(pk=account_id).first()
    if account:
        account.structure = _locked(account.structure_id, by)
    if not account or not BankAccount.objects.filter(pk=account_id).delete()[0]:
        raise BankAccountRefused("Cette coordonnée bancaire a déjà été supprimée.")
    _tell(Kind.BANK_ACCOUNT_REMOVED, account, by=by, at=at)


@transaction.atomic(savepoint=False)
def copy_bank_accounts(*, structure: Structure, to: Structure, at: datetime) -> None:
    """Give a structure that has none the accounts of another; both are locked."""
    BankAccount.objects.bulk_create(
        BankAccount(structure=to, created_at=at, **{name: getattr(each, name) for name in FIELDS})
        for each in structure.bank_accounts.order_by("pk")
    )


def _locked(structure_id: int, by: Any) -> Structure:
    structure = Structure.objects.select_related("principal_manager").locked(structure_id)
    if not policies.may_modify(by, structure):
        raise BankAccountRefused(policies.WHO_MAY_MODIFY)
    return structure


def _checked(iban: str, bic: str) -> tuple[str, str]:
    """The IBAN and the BIC in their one spelling.

    :raises BankAccountRefused: a key is wrong, or there is no such form.
    """
    try:
        iban = ibans.validate(iban)
    except ValidationError as error:
        raise BankAccountRefused(
            "Cet IBAN est faux\u00a0: un signe a sans doute été mal recopié.", field="iban"
        ) from error
    try:
        return iban, bics.validate(bic) if bic else ""
    except ValidationError as error:
        raise BankAccountRefused("Un BIC a 8 ou 11 caractères, par exemple AGRIFRPP.", field="bic") from error


def _tell(kind: Kind, account: BankAccount, *, by: Any, at: datetime) -> None:
    structure = account.structure
    Event.objects.record(kind, by=by, subject=structure, scope=structure, at=at)
    notifications.bank_account_changed(account, kind, by=by, at=at)
