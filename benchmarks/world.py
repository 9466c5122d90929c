"""Who is measured: the demo's people, a manager of many structures, and neighbours for the tables to be no toys."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from chorus_org.demo.world import OPENING
from chorus_org.kernel.common.paging import SIZE
from habilitations.operations.attachments import attach
from habilitations.operations.principal_manager import appoint
from habilitations.operations.requests import ask_attachment
from services.models import Service
from services.operations import create_service
from structures.models import Structure
from users.models import User
from users.operations.accounts import create_account

SERVICES = 30
PEOPLE = 2 * SIZE + 5  # a page that asks, and more than a page attached
COLLEAGUES = 3


@dataclass(frozen=True)
class World:
    few: User  # manages the demo's two structures
    many: User  # manages a whole page of structures, and more than a page of services in the first
    structures: list[Structure]
    service: Service


@transaction.atomic
def make() -> World:
    """Add to the demo world what is measured, by the operations, and give it."""
    free = list(Structure.objects.filter(principal_manager=None).order_by("identifier"))
    mine, others = free[:SIZE], free[SIZE:]
    many = _person("banc", "Ariane", "Mesure")
    for structure in mine:
        appoint(structure_id=structure.pk, user_id=many.pk, by=None, at=OPENING)
    services = [_service(mine[0], many, number) for number in range(SERVICES)]
    people = [_person(f"agent{number}", "Agent", f"Banc{number:02}") for number in range(PEOPLE)]
    for user in people[:-SIZE]:
        attach(user_id=user.pk, structure_id=mine[0].pk, by=many, at=OPENING)
    for user in people[-SIZE:]:
        ask_attachment(structure_id=mine[0].pk, by=user, at=timezone.now())
    for number, structure in enumerate(others):
        _staff(structure, f"voisin{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return World(User.objects.get(email="gp.banque@example.org"), many, mine, services[0])


def _person(name: str, first_name: str, last_name: str) -> User:
    return create_account(email=f"{name}@example.org", first_name=first_name, last_name=last_name, at=OPENING)


def _staff(structure: Structure, name: str) -> None:
    """Give a structure its manager and a few colleagues."""
    manager, *colleagues = [_person(f"{name}.{number}", "Camille", "Voisin") for number in range(1 + COLLEAGUES)]
    appoint(structure_id=structure.pk, user_id=manager.pk, by=None, at=OPENING)
    for user in colleagues:
        attach(user_id=user.pk, structure_id=structure.pk, by=manager, at=OPENING)


def _service(structure: Structure, manager: User, number: int) -> Service:
    """Open a service of a page that shows every state: one in five is over, one in five yet to come."""
    now = timezone.now()
    dates = {
        0: {"active_from": OPENING, "active_until": now - timedelta(days=30)},
        1: {"active_from": now + timedelta(days=30)},
    }
    return create_service(
        structure_id=structure.pk,
        code=f"SERVICE_{number:02}",
        label=f"Service de mesure numéro {number}",
        **dates.get(number % 5, {"active_from": OPENING}),
        by=manager,
        at=OPENING,
    )
