"""The form in which Chorus Pro publishes its directory: one sheet of structures, one of services (api, 3.1).

It has no dates: a service is active on the day of the file, or is not.
"""

from datetime import datetime
from typing import Any

from chorus_org.kernel.common.identifiers import IdentifierType
from services.enums import ServiceState
from services.models import Service
from structures.models import Structure

# The columns of the file that Chorus Pro publishes, in its order; its codes of types are those of its exchange format
STRUCTURE_COLUMNS = [
    "TypeIdentifiant",
    "Identifiant",
    "RaisonSociale",
    "EmetteurEdi",
    "RecepteurEdi",
    "GestionStatutMiseEnPaiement",
    "GestionEngagement",
    "GestionService",
    "GestionServiceEngagement",
    "EstMOA",
    "EstMOAUniquement",
    "StructureActive",
    "Adresse",
    "ComplementAdresse1",
    "ComplementAdresse2",
    "CodePostal",
    "Ville",
    "NumTelephone",
    "Courriel",
    "CodePays",
    "LibellePays",
]
TYPES = {
    IdentifierType.SIRET: 1,
    IdentifierType.UE_HORS_FRANCE: 2,
    IdentifierType.HORS_UE: 3,
    IdentifierType.RIDET: 4,
    IdentifierType.TAHITI: 5,
    IdentifierType.AUTRE: 6,
    IdentifierType.PARTICULIER: 7,
}
COUNTRIES = {"FR": "FRANCE"}
SERVICE_COLUMNS = [
    *("Identifiant", "RaisonSociale", "Code", "Nom", "GestionEGMT", "ServiceActif", "Adresse", "ComplementAdresse1"),
    *("ComplementAdresse2", "CodePostal", "Ville", "NumTelephone", "Courriel", "CodePays", "LibellePays"),
]


def structure_row(structure: Structure) -> list[Any]:
    return [
        TYPES[IdentifierType(structure.identifier_type)],
        structure.identifier,
        structure.name,
        False,
        False,
        not structure.payment_status_hidden,
        structure.engagement_number_required,
        structure.service_code_required,
        structure.engagement_or_service_required,
        structure.has_project_owner,
        structure.is_project_owner_only,
        structure.is_active,
        *_reached(structure),
    ]


def service_row(service: Service, at: datetime) -> list[Any]:
    structure = service.structure
    return [
        structure.identifier,
        structure.name,
        service.code,
        service.label,
        service.engagement_required,
        service.state(at) == ServiceState.ACTIF,
        *_reached(structure),
    ]


def _reached(structure: Structure) -> list[str]:
    """The last columns of both sheets: where the structure is, how it is reached."""
    return [
        structure.address,
        structure.address_extra_1,
        structure.address_extra_2,
        structure.postal_code,
        structure.city,
        structure.phone,
        structure.email,
        structure.country,
        COUNTRIES.get(structure.country, ""),
    ]
