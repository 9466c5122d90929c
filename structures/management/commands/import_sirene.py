from pathlib import Path

from chorus_org.kernel.common.loading import LoadCommand, Report, Told
from structures.sirene import load


class Command(LoadCommand):
    help = "Charge StockEtablissement ou StockUniteLegale, de Sirene (CSV, zip, Parquet)\u00a0: tout, ou rien."

    def load(self, file: Path, *, told: Told, dry_run: bool) -> Report:
        return load(file, told=told, dry_run=dry_run)
