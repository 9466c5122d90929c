from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chorus_org.kernel.common.loading import UnknownFile
from structures.sirene import load


class Command(BaseCommand):
    help = "Charge un fichier de Sirene (StockEtablissement ou StockUniteLegale, CSV, zip ou Parquet)\u00a0: tout, ou rien."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="tout est lu, rien n’est écrit")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            report = load(file, told=self._told, dry_run=dry_run)
        except UnknownFile as error:
            raise CommandError(str(error)) from error
        for line in report.sentences():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Essai\u00a0: rien n’est écrit.")

    def _told(self, share: float) -> None:
        self.stderr.write(f"\r{share:4.0%}", ending="")
        self.stderr.flush()
