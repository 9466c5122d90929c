"""Rows as small as they can be. No factory writes a right: `tests.support.people` goes through the operations."""

from datetime import UTC, datetime

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory
from stdnum import luhn

from chorus_org.kernel.common.identifiers import IdentifierType
from services.models import Service
from structures.enums import Sector
from structures.models import Structure
from users.models import User

LONG_AGO = datetime(2022, 2, 21, 8, tzinfo=UTC)
PASSWORD = "agrafe cheval pile correct"


def siret(number: int) -> str:
    """A SIRET with its two keys right, that no establishment has (SIREN 9000…)."""
    siren = f"9{number:07d}"
    siren += luhn.calc_check_digit(siren)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")


def another_siret(structure: Structure, nic: str = "0099") -> str:
    """The SIRET of another establishment of the same company."""
    digits = structure.identifier[:9] + nic
    return digits + luhn.calc_check_digit(digits)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"personne{n}@example.org")
    contact_email = factory.SelfAttribute("email")
    first_name = "Marie-Bénédicte"
    last_name = factory.Sequence(lambda n: f"Chevallier-Duquesnoy {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    created_at = LONG_AGO


class StructureFactory(DjangoModelFactory):
    class Meta:
        model = Structure

    class Params:
        private = factory.Trait(sector=Sector.PRIVEE)

    identifier_type = IdentifierType.SIRET
    identifier = factory.Sequence(siret)
    legal_name = factory.Sequence(lambda n: f"COMMUNE DE SAINT-ÉLOI {n:04d}")
    sector = Sector.PUBLIQUE
    created_at = LONG_AGO


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service

    class Params:
        upcoming = factory.Trait(active_from=datetime(2027, 1, 1, tzinfo=UTC))
        closed = factory.Trait(active_until=datetime(2025, 6, 1, tzinfo=UTC))

    structure = factory.SubFactory(StructureFactory)
    code = factory.Sequence(lambda n: f"SERVICE_{n:04d}")
    label = factory.Sequence(lambda n: f"Service de la voirie {n}")
    active_from = LONG_AGO
    created_at = LONG_AGO
