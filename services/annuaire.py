"""Reading the public directory that Chorus Pro publishes: its structures, its services (api, 3.1).

What a GP manages is theirs: a file changes neither their structure nor its services, nor wakes
the one whose SIRET they changed. The file has no dates: a service
begins when it is first read, and ends when the file first says that it is not active.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from chorus_org.kernel.common.exports import unquoted
from chorus_org.kernel.common.identifiers import IdentifierType, canonical
from chorus_org.kernel.common.imports import truth
from chorus_org.kernel.common.loading import Report, Sheet, Told, UnknownFile, sheets
from services.models import CODE_MAX, LABEL_MAX
from services.operations import DEFAULT_CODE, DEFAULT_LABEL
from services.published import SERVICE_COLUMNS, STRUCTURE_COLUMNS, TYPES
from structures.search import refresh_words

KINDS = {str(number): kind for kind, number in TYPES.items() if kind != IdentifierType.PARTICULIER}
# Without which a sheet is none of the directory: a flag that is not there would be read as « no » everywhere
STRUCTURE_HEADS = {
    *("TypeIdentifiant", "Identifiant", "RaisonSociale", "GestionStatutMiseEnPaiement", "GestionEngagement"),
    *("GestionService", "GestionServiceEngagement", "EstMOA", "EstMOAUniquement", "StructureActive"),
}
SERVICE_HEADS = {"Identifiant", "Code", "Nom", "GestionEGMT", "ServiceActif"}
STRUCTURES = """
CREATE TEMP TABLE incoming (n int GENERATED ALWAYS AS IDENTITY, kind text, identifier text, name text, hidden boolean,
  engagement boolean, service boolean, either boolean, owner boolean, owner_only boolean, active boolean, address text,
  extra_1 text, extra_2 text, postcode text, city text, phone text, email text, country text) ON COMMIT DROP
"""
COPY_STRUCTURES = """
COPY incoming (kind, identifier, name, hidden, engagement, service, either, owner, owner_only, active,
  address, extra_1,
  extra_2, postcode, city, phone, email, country) FROM STDIN
"""
MERGE_STRUCTURES = """
WITH written AS (
  INSERT INTO structures_structure AS s (public_id, identifier_type, identifier, legal_name, last_name,
    first_name, sector,
    is_active, address, address_extra_1, address_extra_2, postal_code, city, country, email, phone, vat_number,
    engagement_number_required, service_code_required, engagement_or_service_required, payment_status_hidden,
    has_project_owner, is_project_owner_only, is_delegated_validator, newcomers_validate, created_at)
  SELECT DISTINCT ON (identifier, kind) gen_random_uuid(), kind, identifier, name, '', '', 'PUBLIQUE', active, address,
    extra_1, extra_2, postcode, city, country, email, phone, '', engagement, service, either, hidden, owner,
      owner_only,
    false, true, %(at)s FROM incoming ORDER BY identifier, kind, n DESC
  ON CONFLICT (identifier, identifier_type) DO UPDATE SET legal_name = excluded.legal_name,
    is_active = excluded.is_active, address = excluded.address, address_extra_1 = excluded.address_extra_1,
    address_extra_2 = excluded.address_extra_2, postal_code = excluded.postal_code, city = excluded.city,
    country = excluded.country, email = excluded.email, phone = excluded.phone,
    engagement_number_required = excluded.engagement_number_required,
    service_code_required = excluded.service_code_required,
    engagement_or_service_required = excluded.engagement_or_service_required,
    payment_status_hidden = excluded.payment_status_hidden, has_project_owner = excluded.has_project_owner,
    is_project_owner_only = excluded.is_project_owner_only
  WHERE s.sector = 'PUBLIQUE' AND s.principal_manager_id IS NULL
    AND NOT EXISTS (SELECT FROM structures_structure o WHERE o.origin_id = s.id)
    AND (s.legal_name, s.is_active, s.address,
      s.address_extra_1, s.address_extra_2, s.postal_code, s.city, s.country, s.email, s.phone,
      s.engagement_number_required, s.service_code_required, s.engagement_or_service_required, s.payment_status_hidden,
      s.has_project_owner, s.is_project_owner_only)
    IS DISTINCT FROM (excluded.legal_name, excluded.is_active, excluded.address, excluded.address_extra_1,
      excluded.address_extra_2, excluded.postal_code, excluded.city, excluded.country, excluded.email, excluded.phone,
      excluded.engagement_number_required, excluded.service_code_required, excluded.engagement_or_service_required,
      excluded.payment_status_hidden, excluded.has_project_owner, excluded.is_project_owner_only)
  RETURNING s.id, s.public_id, xmax = 0 AS is_new),
opened AS (
  INSERT INTO services_service (public_id, structure_id, code, label, description, active_from, engagement_required,
    created_at)
  SELECT gen_random_uuid(), id, %(code)s, %(label)s, '', %(at)s, false, %(at)s FROM written WHERE is_new
  RETURNING public_id, structure_id),
told AS (
  INSERT INTO journal_event (kind, at, subject_id, scope_id, details)
  SELECT CASE WHEN is_new THEN 'structure.registered' ELSE 'structure.changed' END, %(at)s, public_id,
    public_id, '{}'::jsonb
    FROM written
  UNION ALL SELECT 'service.created', %(at)s, o.public_id, w.public_id, '{}'::jsonb FROM opened o JOIN written w
    ON w.id = o.structure_id)
SELECT count(*) FROM written
"""
SERVICES = """
CREATE TEMP TABLE incoming (n int GENERATED ALWAYS AS IDENTITY, identifier text, code text, label text,
  engagement boolean, active boolean) ON COMMIT DROP
"""
COPY_SERVICES = "COPY incoming (identifier, code, label, engagement, active) FROM STDIN"
UNKNOWN = """
SELECT identifier, count(*) FROM incoming i WHERE NOT EXISTS (SELECT FROM structures_structure s
  WHERE s.identifier = i.identifier AND s.sector = 'PUBLIQUE') GROUP BY identifier ORDER BY identifier
"""
MERGE_SERVICES = """
WITH written AS (
  INSERT INTO services_service AS v (public_id, structure_id, code, label, description, active_from, active_until,
    engagement_required, created_at)
  SELECT DISTINCT ON (s.id, lower(i.code)) gen_random_uuid(), s.id, i.code, i.label, '',
    %(at)s::timestamptz - CASE WHEN i.active THEN interval '0' ELSE interval '1 second' END,
    CASE WHEN i.active THEN NULL ELSE %(at)s::timestamptz END, i.engagement, %(at)s
  FROM incoming i JOIN structures_structure s ON s.identifier = i.identifier AND s.sector = 'PUBLIQUE'
    AND s.principal_manager_id IS NULL
  ORDER BY s.id, lower(i.code), n DESC
  ON CONFLICT (structure_id, lower(code)) DO UPDATE SET label = excluded.label,
    engagement_required = excluded.engagement_required,
    active_until = CASE WHEN excluded.active_until IS NULL THEN NULL ELSE coalesce(v.active_until,
      excluded.active_until) END
  WHERE v.deleted_at IS NULL AND (v.label, v.engagement_required, v.active_until IS NULL)
    IS DISTINCT FROM (excluded.label, excluded.engagement_required, excluded.active_until IS NULL)
  RETURNING v.public_id, v.structure_id, xmax = 0 AS is_new),
told AS (
  INSERT INTO journal_event (kind, at, subject_id, scope_id, details)
  SELECT CASE WHEN w.is_new THEN 'service.created' ELSE 'service.changed' END, %(at)s, w.public_id,
    s.public_id, '{}'::jsonb
    FROM written w JOIN structures_structure s ON s.id = w.structure_id)
SELECT count(*) FROM written
"""


@transaction.atomic
def load(path: Path, *, at: datetime, told: Told = lambda share: None, dry_run: bool = False) -> Report:
    """Read the structures, the services, or both of the published directory: all of the file, or nothing.

    :param told: takes the share of the table that was read, now and then.
    :param dry_run: everything is done, and taken back.
    :raises UnknownFile: it is neither, or cannot be read.
    """
    report = Report()
    with sheets(path, {*STRUCTURE_COLUMNS, *SERVICE_COLUMNS}) as found:
        structures = [sheet for sheet in found if STRUCTURE_HEADS <= sheet.heads]
        services = [sheet for sheet in found if SERVICE_HEADS <= sheet.heads]
        if not structures and not services:
            raise UnknownFile("Ce fichier n’est pas l’annuaire de Chorus Pro\u00a0: voyez les titres de ses colonnes.")
        for sheet in structures:
            _load_structures(sheet, report, told, at)
        for sheet in services:
            _load_services(sheet, report, told, at)
    if structures:
        refresh_words()
    if report.written:
        _count_again()
    if dry_run:
        transaction.set_rollback(True)
    return report


def _count_again() -> None:
    """Tell the planner what the tables hold: constraints are checked at the commit, by plans made for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE structures_structure, services_service")


def _load_structures(sheet: Sheet, report: Report, told: Told, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STRUCTURES)
        _copy(cursor, COPY_STRUCTURES, sheet.read(_structure, report, told))
        cursor.execute(MERGE_STRUCTURES, {"at": at, "code": DEFAULT_CODE, "label": DEFAULT_LABEL})
        report.written += cursor.fetchone()[0]
        cursor.execute("DROP TABLE incoming")


def _load_services(sheet: Sheet, report: Report, told: Told, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SERVICES)
        _copy(cursor, COPY_SERVICES, sheet.read(_service, report, told))
        cursor.execute(UNKNOWN)
        for identifier, count in cursor.fetchall():
            report.refused_count += count - 1
            report.refuse(f"Structure {identifier}", "elle n’est pas dans l’annuaire, ses services sont laissés")
        cursor.execute(MERGE_SERVICES, {"at": at})
        report.written += cursor.fetchone()[0]
        cursor.execute("DROP TABLE incoming")


def _copy(cursor: Any, statement: str, rows: Iterable[tuple]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _structure(row: Mapping[str, str]) -> tuple:
    kind = KINDS.get(row["TypeIdentifiant"].strip())
    if not kind:
        raise ValueError(f"le type d’identifiant «\u00a0{row['TypeIdentifiant'][:20]}\u00a0» n’est pas connu")
    name = _cell(row, "RaisonSociale", 255)
    if not name:
        raise ValueError("la raison sociale manque")
    return (
        kind,
        _identifier(kind, row["Identifiant"]),
        name,
        not _flag(row, "GestionStatutMiseEnPaiement"),
        *(_flag(row, name) for name in ("GestionEngagement", "GestionService", "GestionServiceEngagement")),
        *(_flag(row, name) for name in ("EstMOA", "EstMOAUniquement", "StructureActive")),
        _cell(row, "Adresse", 255),
        _cell(row, "ComplementAdresse1", 99),
        _cell(row, "ComplementAdresse2", 99),
        _cell(row, "CodePostal", 10),
        _cell(row, "Ville", 50),
        _cell(row, "NumTelephone", 20),
        _cell(row, "Courriel", 254),
        _cell(row, "CodePays", 2) or "FR",
    )


def _service(row: Mapping[str, str]) -> tuple:
    code, label = _cell(row, "Code", CODE_MAX), _cell(row, "Nom", LABEL_MAX)
    if not code:
        raise ValueError("le code manque")
    return row["Identifiant"].strip(), code, label or code, _flag(row, "GestionEGMT"), _flag(row, "ServiceActif")


def _identifier(kind: str, typed: str) -> str:
    """The identifier as it is stored; a SIRET that a spreadsheet robbed of its first zeros finds them again."""
    typed = typed.strip().removeprefix("'")
    if kind == IdentifierType.SIRET and typed.isdecimal() and 9 < len(typed) < 14:
        typed = typed.zfill(14)
    try:
        return canonical(kind, typed)
    except ValidationError as error:
        raise ValueError(f"«\u00a0{typed[:30]}\u00a0»\u00a0: {error.messages[0].rstrip('.')}") from error


def _flag(row: Mapping[str, str], name: str) -> bool:
    answer = truth(row.get(name, ""))
    if answer is None:
        raise ValueError(f"«\u00a0{name}\u00a0» ne dit ni oui ni non")
    return answer


def _cell(row: Mapping[str, str], name: str, most: int) -> str:
    text = row.get(name, "").replace("\0", "").strip()
    text = unquoted(text)
    if len(text) > most:
        raise ValueError(f"«\u00a0{name}\u00a0» dépasse {most} caractères")
    return text
