from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from chorus_org.demo import world
from services.directory.publishing import latest, publish
from structures.models import Structure
from users.models import User


class Command(BaseCommand):
    help = "(Re)fait le monde de la démonstration\u00a0; le relancer ne change rien."

    def handle(self, *args: Any, **options: Any) -> None:
        world.make(at=timezone.now())
        if not latest():
            publish(at=timezone.now())
        self.stdout.write(f"{Structure.objects.count()} structures, {User.objects.count()} comptes.")
