"""The staff of the platform, by role, and what they look at."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import reverse

from chorus_org.information.models import News, Ticket
from chorus_org.kernel.journal.models import Event
from chorus_org.kernel.mail.models import Mail
from chorus_org.operators.operations.roles import make_operator
from chorus_org.operators.roles import Role
from habilitations.models import (
    ApprovalRequest,
    Attachment,
    Invitation,
    Proposal,
    ServiceHabilitation,
    StructureHabilitation,
)
from services.models import PublishedFile, Service
from structures.models import Structure
from tests.support.factories import LONG_AGO, UserFactory
from tests.support.people import World
from users.models import User

ACTORS = ("anonymous", "stranger", "gp", "operator", *Role.values, "superuser")
MODELS = (
    User,
    Structure,
    Service,
    Attachment,
    StructureHabilitation,
    ServiceHabilitation,
    ApprovalRequest,
    Invitation,
    Proposal,
    PublishedFile,
    Ticket,
    News,
    Mail,
    Event,
)
READERS = ("administrateur", "auditeur", "superuser")


def make_groups() -> None:
    """The groups of the migrations, again where a flush of the database took them away."""
    if not Group.objects.exists():
        import_module("habilitations.migrations.0002_operators").make_groups(apps, None)
        import_module("habilitations.migrations.0003_mail").give(apps, None)
        import_module("habilitations.migrations.0009_operators_read_requests").give(apps, None)
        import_module("habilitations.migrations.0011_operators_read_proposals").give(apps, None)
        import_module("chorus_org.information.migrations.0002_operators").give(apps, None)
        import_module("services.migrations.0003_operators").give(apps, None)


def make_staff(role: str) -> User:
    """An operator with this role."""
    make_groups()
    user = UserFactory()
    make_operator(user_id=user.pk, role=role, by=None, at=LONG_AGO)
    return User.objects.get(pk=user.pk)


def actor_of(world: World, name: str) -> Any:
    """The person of that name: an operator by role, or one of the world's."""
    return make_staff(name) if name in Role.values else world.person(name)


def address(model: Any, page: str, *args: Any, **query: Any) -> str:
    """The address of a page of the admin: `address(User, "change", user.pk)`, `address(User, "changelist", q="…")`."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=args, query=query or None)


def rows(*models: Any) -> dict[Any, list[dict]]:
    """Every row of these models, to compare before and after."""
    return {model: list(model._default_manager.order_by("pk").values()) for model in models}
