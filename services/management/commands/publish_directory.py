from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from services.directory.publishing import latest, publish


class Command(BaseCommand):
    help = "Établit les fichiers de l’annuaire complet, sans attendre la nuit."

    def handle(self, **options: Any) -> None:
        publish(at=timezone.now())
        for file in latest().values():
            self.stdout.write(f"{file.name}\u00a0: {file.size} octets")
