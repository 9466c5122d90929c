"""What the company register says of a SIRET: one port, and the registers that `REGISTRIES` names, asked in turn.

It is a help: it never blocks, never writes over what a person typed, and is silent where it does not know.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

import requests
from django.conf import settings
from django.utils.module_loading import import_string

from structures.models import SireneEstablishment, SireneUnit, Structure

SIREN = 9
PATIENCE = 2  # seconds
URL = "https://recherche-entreprises.api.gouv.fr/search"
HIDDEN = "[NON-DIFFUSIBLE]"
# What a structure takes from the register, and what it is called
TAKEN = {
    "legal_name": "Raison sociale",
    "address": "Adresse",
    "address_extra_1": "Complément d’adresse 1",
    "postal_code": "Code postal",
    "city": "Ville",
}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """What the register says. The address of whoever asked not to be diffused is empty: it is not ours to show."""

    siret: str
    legal_name: str = ""
    address: str = ""
    address_extra_1: str = ""
    postal_code: str = ""
    city: str = ""
    is_open: bool = True
    is_diffused: bool = True

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            hidden = not self.is_diffused and each.name.startswith(("address", "postal_code", "city"))
            if value == HIDDEN or hidden:
                object.__setattr__(self, each.name, "")


class Registry(Protocol):
    def find(self, siret: str) -> Entry | None:
        """What is known of this SIRET; None where nothing is."""


class LocalRegistry:
    """The published files, as `manage.py import_sirene` read them."""

    def find(self, siret: str) -> Entry | None:
        found = SireneEstablishment.objects.filter(pk=siret).first()
        if not found:
            return None
        unit = SireneUnit.objects.filter(pk=siret[:SIREN]).first()
        names = ("address", "address_extra_1", "postal_code", "city", "is_open", "is_diffused")
        name = (unit.name if unit else "") or found.usual_name
        return Entry(siret, name, **{each: getattr(found, each) for each in names})


class PublicApi:
    """« Recherche d'entreprises », the State's open service: off unless `REGISTRIES` names it."""

    def find(self, siret: str) -> Entry | None:
        try:
            answer = requests.get(
                URL,
                params={"q": siret, "per_page": 1},
                timeout=PATIENCE,
                headers={"User-Agent": "chorus-organisation"},
            )
            answer.raise_for_status()
            results = answer.json()["results"]
            return next((read for result in results if (read := entry_of(result, siret))), None)
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            log.warning("The company register did not answer: %s", type(error).__name__)
            return None


def entry_of(result: Mapping[str, Any], siret: str) -> Entry | None:
    """What one result of the public service says of this very SIRET, which is not always its head office."""
    for one in result["matching_etablissements"]:
        if one["siret"] == siret:
            street = (one.get(name) for name in ("numero_voie", "indice_repetition", "type_voie", "libelle_voie"))
            return Entry(
                siret,
                result.get("nom_raison_sociale") or result.get("nom_complet") or "",
                address=" ".join(part for part in street if part and part != HIDDEN),
                address_extra_1=one.get("complement_adresse") or "",
                postal_code=one.get("code_postal") or "",
                city=one.get("libelle_commune") or "",
                is_open=one.get("etat_administratif") == "A",
                is_diffused=one.get("statut_diffusion_etablissement") == "O",
            )
    return None


def look_up(siret: str) -> Entry | None:
    """What the first register that knows this SIRET says."""
    for path in settings.REGISTRIES:
        if found := import_string(path)().find(siret):
            return found
    return None


def differences(structure: Structure, entry: Entry) -> dict[str, tuple[str, str]]:
    """What the register says otherwise than the structure: by field, before and after. Silence changes nothing."""
    return {
        name: (getattr(structure, name), getattr(entry, name))
        for name in TAKEN
        if getattr(entry, name) and getattr(structure, name) != getattr(entry, name)
    }
