from structures.models.bank_account import BankAccount
from structures.models.sirene import SireneEstablishment, SireneUnit
from structures.models.structure import PUBLIC_PARAMETERS, Structure, StructureQuerySet

__all__ = ["PUBLIC_PARAMETERS", "BankAccount", "SireneEstablishment", "SireneUnit", "Structure", "StructureQuerySet"]
