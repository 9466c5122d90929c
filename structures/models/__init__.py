from structures.models.bank_account import BankAccount
from structures.models.structure import PUBLIC_PARAMETERS, Structure, StructureQuerySet

__all__ = ["PUBLIC_PARAMETERS", "BankAccount", "Structure", "StructureQuerySet"]
