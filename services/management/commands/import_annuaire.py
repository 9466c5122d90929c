from pathlib import Path

from django.utils import timezone

from chorus_org.kernel.common.loading import LoadCommand, Report, Told
from services.annuaire import load


class Command(LoadCommand):
    help = "Charge l’annuaire de Chorus Pro, classeur (XLSX) ou CSV (structures, puis services)\u00a0: tout, ou rien."

    def load(self, file: Path, *, told: Told, dry_run: bool) -> Report:
        return load(file, at=timezone.now(), told=told, dry_run=dry_run)
