"""The demo world: 171 real public structures, and a few made-up people who work for some of them.

It is made by the same operations as the portal's screens; making it again changes nothing.
"""

import csv
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from chorus_org.demo import news
from chorus_org.kernel.common.identifiers import IdentifierType, canonical_email
from chorus_org.kernel.journal.kinds import Kind
from chorus_org.kernel.journal.models import Event
from chorus_org.operators.operations.lifecycle import suspend_account
from chorus_org.operators.operations.roles import make_operator
from chorus_org.operators.roles import Role
from habilitations.models import ApprovalRequest, Attachment
from habilitations.operations.attachments import attach
from habilitations.operations.principal_manager import appoint
from habilitations.operations.requests import ask_attachment
from services.operations import DEFAULT_CODE, create_service, open_default_service
from structures.enums import Sector
from structures.models import Structure
from structures.operations import register_structure
from structures.search import refresh_words
from users.models import User
from users.operations.accounts import create_account

PASSWORD = "Demo-Chorus-2026"  # noqa: S105 - the demo's, printed in README
PUBLIC_STRUCTURES = Path(__file__).with_name("public_structures.csv")
OPENING = datetime(2022, 2, 21, 9, tzinfo=ZoneInfo("Europe/Paris"))  # the day the portal of services opened

BANQUE, PARIS, AMIENS, ATELIER = "57210489100013", "21750001600019", "21800019800018", "12345678200010"


# Those who ask to be attached, so that « Approbations » has something to show
ASKING = (
    ("Julien", "Colin"),
    ("Yann", "Kerbrat"),
    ("Aïcha", "Benhaddou"),
    ("Pauline", "Roux"),
    ("Marie-Bénédicte", "Chevallier-Duquesnoy"),
    ("Léo", "Fontaine"),
    ("Mathilde", "Garcia"),
    ("Omar", "Diallo"),
    ("Élise", "Perrot"),
    ("Bruno", "Masson"),
    ("Fatou", "N’Diaye"),
)


FIRST_NAMES = ("Adèle", "Basile", "Camille", "Denis", "Estelle", "Farid", "Gaëlle", "Hugo", "Inaya", "Jérôme")
LAST_NAMES = ("Aubert", "Bonnet", "Caron", "Dumont")


@transaction.atomic
def make(*, at: datetime) -> None:
    """Make what is missing of the demo world.

    :param at: now; what starts « next year » starts on the 1st of January after it.
    """
    _public_structures()
    _structure(
        ATELIER,
        Sector.PRIVEE,
        legal_name="ATELIER DU LITTORAL",
        address="4 quai des Charpentiers",
        postal_code="29900",
        city="Concarneau",
    )
    claire = _person("gp.banque", "Claire", "Vasseur")
    _manager(claire, BANQUE)
    _manager(claire, PARIS)
    _attached(_person("collegue.banque", "Thomas", "Lefèvre"), BANQUE)
    _attached(_person("service.banque", "Nadia", "Benali"), BANQUE, DEFAULT_CODE)
    marc = _person("demandeur", "Marc", "Delaunay")
    _person("nouveau", "Inès", "Morel")
    _manager(_person("gp.atelier", "Yves", "Lambert"), ATELIER)
    gone = _person("ancien.amiens", "Hervé", "Dufour")
    _manager(gone, AMIENS)
    _attached(_person("orphelin", "Solène", "Guérin"), AMIENS)
    if not Event.objects.about(gone).filter(kind=Kind.ACCOUNT_SUSPENDED).exists():  # an operator may have reopened it
        suspend_account(user_id=gone.pk, by=None, at=at)
    operator = _person("exploitant", "Paul", "Garnier")
    if operator.is_active:
        make_operator(user_id=operator.pk, role=Role.ADMINISTRATEUR, by=None, at=OPENING)
        news.write(by=User.objects.get(pk=operator.pk), at=at)  # with the rights of the role that was just given
    _services(claire, at)
    refresh_words()
    for number, (last_name, first_name) in enumerate(product(LAST_NAMES, FIRST_NAMES), start=1):
        code = "FI_COMPTA" if number % 4 == 0 else None
        _attached(_person(f"agent{number}.banque", first_name, last_name), BANQUE, code, at=OPENING.replace(year=2024))
    _asks(marc, BANQUE, "Je remplace Hervé Dufour à la comptabilité fournisseurs.", at=at - timedelta(days=12))
    for number, (first_name, last_name) in enumerate(ASKING):
        person = _person(f"demandeur{number + 2}", first_name, last_name)
        code = "FI_COMPTA" if number % 3 == 0 else None
        place = (PARIS, "", None) if number % 5 == 4 else (BANQUE, "", code)
        _asks(person, *place, at=at - timedelta(days=number))


def _public_structures() -> None:
    with PUBLIC_STRUCTURES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            fields = {
                "legal_name": row["name"],
                "address": row["address"],
                "postal_code": row["postal_code"],
                "city": row["city"],
            }
            _structure(row["siret"], Sector.PUBLIQUE, service_code_required=row["siret"] == BANQUE, **fields)


def _structure(siret: str, sector: Sector, **fields: str | bool) -> None:
    if Structure.objects.filter(identifier=siret, identifier_type=IdentifierType.SIRET).exists():
        return
    made = register_structure(
        identifier_type=IdentifierType.SIRET, identifier=siret, sector=sector, by=None, at=OPENING, **fields
    )
    if made.is_public:
        open_default_service(structure_id=made.pk, by=None, at=OPENING)


def _person(name: str, first_name: str, last_name: str) -> User:
    email = canonical_email(f"{name}@example.org")
    if known := User.objects.filter(email=email).first():
        return known
    return create_account(email=email, first_name=first_name, last_name=last_name, password=PASSWORD, at=OPENING)


def _manager(user: User, siret: str) -> None:
    structure = Structure.objects.get(identifier=siret)
    if not structure.principal_manager_id:
        appoint(structure_id=structure.pk, user_id=user.pk, by=None, at=OPENING)


def _attached(user: User, siret: str, code: str | None = None, *, at: datetime = OPENING) -> None:
    structure = Structure.objects.get(identifier=siret)
    service = structure.services.coded(code).get() if code else None
    if not Attachment.objects.filter(user=user, structure=structure, service=service).exists():
        attach(
            user_id=user.pk,
            structure_id=structure.pk,
            service_id=service and service.pk,
            by=structure.principal_manager,
            at=at,
        )


def _asks(user: User, siret: str, comment: str, code: str | None = None, *, at: datetime) -> None:
    if user.is_active and not ApprovalRequest.objects.of(user).exists() and not user.attachments.exists():
        structure = Structure.objects.get(identifier=siret)
        service = structure.services.coded(code).get() if code else None
        level = service and service.pk
        ask_attachment(structure_id=structure.pk, service_id=level, comment=comment, by=user, at=at)


def _services(manager: User, at: datetime) -> None:
    structure = Structure.objects.get(identifier=BANQUE)
    new_year = OPENING.replace(year=at.year + 1, month=1, day=1, hour=0)
    services = [
        {
            "code": "FI_COMPTA",
            "label": "Comptabilité et règlement fournisseurs",
            "active_from": OPENING.replace(year=2023, month=4, day=1, hour=0),
            "engagement_required": True,
        },
        {"code": "FI_ACHATS", "label": "Achats et approvisionnements", "active_from": new_year},
        {
            "code": "FI_ANCIEN",
            "label": "Service financier (ancienne organisation)",
            "active_from": OPENING,
            "active_until": OPENING.replace(year=2025, month=6, day=1, hour=0),
        },
    ]
    for fields in services:
        if not structure.services.coded(fields["code"]).exists():
            create_service(structure_id=structure.pk, by=manager, at=OPENING, **fields)
