from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from habilitations.invariants import findings


class Command(BaseCommand):
    help = "Prouve les invariants des droits\u00a0; une ligne par anomalie, et un code de sortie 1 s’il y en a."

    def handle(self, *args: Any, **options: Any) -> None:
        is_outermost = not connection.in_atomic_block
        with transaction.atomic(), connection.cursor() as cursor:
            if is_outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            found = list(findings())
        for finding in found:
            self.stdout.write(finding)
        if found:
            raise SystemExit(1)
