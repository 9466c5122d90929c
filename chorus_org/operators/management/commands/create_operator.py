import os
import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from chorus_org.kernel.common.refusals import Refusal
from chorus_org.operators.operations.roles import make_operator
from chorus_org.operators.roles import Role
from users.models import User
from users.operations.accounts import AccountRefused, create_account


class Command(BaseCommand):
    help = "Fait d’un compte, créé au besoin, celui d’un exploitant avec un seul rôle."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="adresse électronique de connexion")
        parser.add_argument("--last-name", default="", help="nom, pour un nouveau compte")
        parser.add_argument("--first-name", default="", help="prénom, pour un nouveau compte")
        parser.add_argument("--group", required=True, help=", ".join(Role.values))

    def handle(self, *, email: str, last_name: str, first_name: str, group: str, **options: Any) -> None:
        """Make the operator and say how they enter, or say why not and leave with 1."""
        try:
            with transaction.atomic():
                user = find(email) or create(email, last_name, first_name)
                make_operator(user_id=user.pk, role=group, by=None, at=timezone.now())
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)
        self.stdout.write(f"{user.email} est exploitant ({group}) et se connecte sur /admin/.")


def find(email: str) -> User | None:
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        return None


def create(email: str, last_name: str, first_name: str) -> User:
    """Open the account, with the password of OPERATOR_PASSWORD, or the one typed twice.

    :raises AccountRefused: a name is missing, the password is refused, or the operation refuses the address.
    """
    if not (last_name and first_name):
        raise AccountRefused("Ce compte n’existe pas encore\u00a0: donnez --last-name et --first-name pour le créer.")
    account = {"email": email, "last_name": last_name, "first_name": first_name}
    return create_account(**account, password=read_password(User(**account)), at=timezone.now())


def read_password(user: User) -> str:
    password = os.environ.get("OPERATOR_PASSWORD", "")
    if not password:
        password = getpass("Mot de passe\u00a0: ")
        if getpass("Encore une fois\u00a0: ") != password:
            raise AccountRefused("Les deux mots de passe diffèrent. Recommencez.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountRefused(" ".join(error.messages)) from error
    return password
