"""Reading the files of Sirene (StockEtablissement, StockUniteLegale): streamed, all or nothing (api, 4)."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from django.db import connection, models, transaction
from psycopg import sql

from chorus_org.kernel.common.loading import Report, Told, UnknownFile, sheets
from structures.models import SireneEstablishment, SireneUnit
from structures.registry import HIDDEN

# The columns that are read, of some fifty
ESTABLISHMENT = (
    *("siret", "etatAdministratifEtablissement", "statutDiffusionEtablissement", "denominationUsuelleEtablissement"),
    *("enseigne1Etablissement", "numeroVoieEtablissement", "indiceRepetitionEtablissement", "typeVoieEtablissement"),
    *("libelleVoieEtablissement", "complementAdresseEtablissement", "codePostalEtablissement"),
    "libelleCommuneEtablissement",
)
UNIT = (
    *("siren", "denominationUniteLegale", "denominationUsuelle1UniteLegale", "prenomUsuelUniteLegale"),
    *("nomUniteLegale", "categorieJuridiqueUniteLegale"),
)
ESTABLISHMENT_HEADS = {"siret", "etatAdministratifEtablissement", "statutDiffusionEtablissement"}
UNIT_HEADS = {"siren", "denominationUniteLegale"}
BESIDE = sql.SQL("CREATE TEMP TABLE incoming (LIKE {table}) ON COMMIT DROP")
COPY = sql.SQL("COPY incoming ({columns}) FROM STDIN")
CHANGED = sql.SQL("{} = excluded.{}")
MERGE = sql.SQL("""
INSERT INTO {table} ({columns}) SELECT DISTINCT ON ({key}) {columns} FROM incoming ORDER BY {key}
  ON CONFLICT ({key}) DO UPDATE SET {changed} WHERE ({here}) IS DISTINCT FROM ({there})
""")


@transaction.atomic
def load(path: Path, *, told: Told = lambda share: None, dry_run: bool = False) -> Report:
    """Read one of the two files into its table: what is new is added, what differs is written, the rest is untouched.

    :param told: takes the share of the file that was read, now and then.
    :param dry_run: everything is done, and taken back.
    :raises UnknownFile: it is neither, or cannot be read.
    """
    report = Report()
    with sheets(path, {*ESTABLISHMENT, *UNIT}) as found:
        for sheet in found:
            if ESTABLISHMENT_HEADS <= sheet.heads:
                model, read = SireneEstablishment, _establishment
            elif UNIT_HEADS <= sheet.heads:
                model, read = SireneUnit, _unit
            else:
                raise UnknownFile(
                    "Ce fichier n’est ni StockEtablissement ni StockUniteLegale\u00a0: voyez ses titres."
                )
            report.written += _merge(model, sheet.read(read, report, told))
    if dry_run:
        transaction.set_rollback(True)
    return report


def _establishment(row: Mapping[str, str]) -> tuple:
    siret = _number(row["siret"], 14)
    diffused = row["statutDiffusionEtablissement"] == "O"
    street = ("numeroVoie", "indiceRepetition", "typeVoie", "libelleVoie")
    usual = row.get("denominationUsuelleEtablissement") or row.get("enseigne1Etablissement") or ""
    return (
        siret,
        row["etatAdministratifEtablissement"] == "A",
        diffused,
        _shown(usual, 255),
        _shown(" ".join(filter(None, (row.get(f"{name}Etablissement") for name in street))), 255) if diffused else "",
        _shown(row.get("complementAdresseEtablissement"), 99) if diffused else "",
        _shown(row.get("codePostalEtablissement"), 10) if diffused else "",
        _shown(row.get("libelleCommuneEtablissement"), 50) if diffused else "",
    )


def _unit(row: Mapping[str, str]) -> tuple:
    person = " ".join(filter(None, (row.get("prenomUsuelUniteLegale"), row.get("nomUniteLegale"))))
    name = row["denominationUniteLegale"] or row.get("denominationUsuelle1UniteLegale") or person
    return _number(row["siren"], 9), _shown(name, 255), _shown(row.get("categorieJuridiqueUniteLegale"), 4)


def _number(text: str, digits: int) -> str:
    if len(text) != digits or not (text.isascii() and text.isdecimal()):
        raise ValueError(f"«\u00a0{text[:30]}\u00a0» n’a pas {digits} chiffres")
    return text


def _shown(text: str | None, most: int) -> str:
    return "" if not text or HIDDEN in text else text.replace("\0", "")[:most]


def _merge(model: type[models.Model], rows: Iterable[tuple]) -> int:
    """Copy the rows beside the table, then add what is new and change what differs; how many rows that wrote."""
    key, *others = [each.column for each in model._meta.concrete_fields]
    parts = {
        "table": sql.Identifier(model._meta.db_table),
        "key": sql.Identifier(key),
        "columns": sql.SQL(", ").join(map(sql.Identifier, [key, *others])),
        "changed": sql.SQL(", ").join(map(CHANGED.format, map(sql.Identifier, others), map(sql.Identifier, others))),
        "here": sql.SQL(", ").join(sql.Identifier(model._meta.db_table, name) for name in others),
        "there": sql.SQL(", ").join(sql.Identifier("excluded", name) for name in others),
    }
    with connection.cursor() as cursor:
        cursor.execute(BESIDE.format(**parts))
        with cursor.copy(COPY.format(**parts)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(MERGE.format(**parts))
        written = cursor.rowcount
        cursor.execute("DROP TABLE incoming")
    return written
