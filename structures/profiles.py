"""The catalogue of profiles: what a person may do on a structure or on a service.

A profile is a permission of the models `Structure` and `Service`, so that Django's migrations create it. Labels are
shown from here, never from `Permission.name`, which migrations do not update. Only « Organisation modification » is
attested word for word by the original (guide, section 3.4); the list and its defaults are ours (domain, 7.2).
"""

from collections.abc import Iterable
from typing import Self

from django.db import models


class Profile(models.TextChoices):
    ORGANISATION_CONSULTATION = "organisation_consultation", "Organisation consultation"
    ORGANISATION_MODIFICATION = "organisation_modification", "Organisation modification"
    RATTACHEMENT_VALIDATION = "rattachement_validation", "Rattachement validation"
    FACTURATION_CONSULTATION = "facturation_consultation", "Facturation consultation"
    FACTURATION_MODIFICATION = "facturation_modification", "Facturation modification"
    FACTURATION_VALIDATION = "facturation_validation", "Facturation validation"
    FACTURES_TRAVAUX_CONSULTATION = "factures_travaux_consultation", "Factures de travaux consultation"
    FACTURES_TRAVAUX_MODIFICATION = "factures_travaux_modification", "Factures de travaux modification"
    FRAIS_JUSTICE_CONSULTATION = "frais_justice_consultation", "Frais de justice consultation"
    FRAIS_JUSTICE_MODIFICATION = "frais_justice_modification", "Frais de justice modification"
    REMBOURSEMENT_TAXES_CONSULTATION = "remboursement_taxes_consultation", "Remboursement de taxes consultation"
    REMBOURSEMENT_TAXES_MODIFICATION = "remboursement_taxes_modification", "Remboursement de taxes modification"
    ENGAGEMENT_CONSULTATION = "engagement_consultation", "Engagement consultation"
    ENGAGEMENT_MODIFICATION = "engagement_modification", "Engagement modification"
    CESSION_CONSULTATION = "cession_consultation", "Cession consultation"
    CESSION_MODIFICATION = "cession_modification", "Cession modification"
    MARCHE_CONSULTATION = "marche_consultation", "Marché consultation"
    MARCHE_MODIFICATION = "marche_modification", "Marché modification"
    RACCORDEMENT_CONSULTATION = "raccordement_consultation", "Raccordement consultation"
    RACCORDEMENT_MODIFICATION = "raccordement_modification", "Raccordement modification"

    @classmethod
    def read(cls, permission: str, app_label: str) -> Self:
        """The profile that a permission names, plain or dotted (« structures.facturation_consultation »).

        :param app_label: the app of the object asked about; a dotted permission of another app is a mistake.
        :raises ValueError: no such profile, or not of this app.
        """
        app, dot, codename = permission.rpartition(".")
        if dot and app != app_label:
            raise ValueError(f"{permission} is not a permission of {app_label}.")
        return cls(codename)


ORGANISATION_PROFILES = frozenset(
    {Profile.ORGANISATION_CONSULTATION, Profile.ORGANISATION_MODIFICATION, Profile.RATTACHEMENT_VALIDATION}
)

# A new attachment brings every profile to consult and modify, and the right to accept attachments, but not the
# modification of the organisation (guide, introduction)
_NOT_BY_DEFAULT = {Profile.ORGANISATION_MODIFICATION, Profile.FACTURATION_VALIDATION}
# What a private structure has no use for: it is the buyer who opens an engagement
PUBLIC_ONLY = frozenset({Profile.ENGAGEMENT_CONSULTATION, Profile.ENGAGEMENT_MODIFICATION})

# What a profile gives besides itself, at one step
_IMPLIES = {
    Profile.ORGANISATION_MODIFICATION: {Profile.RATTACHEMENT_VALIDATION},
    Profile.RATTACHEMENT_VALIDATION: {Profile.ORGANISATION_CONSULTATION},
    Profile.FACTURATION_MODIFICATION: {Profile.FACTURATION_CONSULTATION},
    Profile.FACTURATION_VALIDATION: {Profile.FACTURATION_CONSULTATION},
    Profile.FACTURES_TRAVAUX_MODIFICATION: {Profile.FACTURES_TRAVAUX_CONSULTATION},
    Profile.FRAIS_JUSTICE_MODIFICATION: {Profile.FRAIS_JUSTICE_CONSULTATION},
    Profile.REMBOURSEMENT_TAXES_MODIFICATION: {Profile.REMBOURSEMENT_TAXES_CONSULTATION},
    Profile.ENGAGEMENT_MODIFICATION: {Profile.ENGAGEMENT_CONSULTATION},
    Profile.CESSION_MODIFICATION: {Profile.CESSION_CONSULTATION},
    Profile.MARCHE_MODIFICATION: {Profile.MARCHE_CONSULTATION},
    Profile.RACCORDEMENT_MODIFICATION: {Profile.RACCORDEMENT_CONSULTATION},
}


def _closure(profile: Profile) -> frozenset[Profile]:
    return frozenset({profile}).union(*(_closure(given) for given in _IMPLIES.get(profile, ())))


GIVES = {profile: _closure(profile) for profile in Profile}
GIVEN_BY = {profile: frozenset(holder for holder in Profile if profile in GIVES[holder]) for profile in Profile}

# What each lets a person do; those of other domains say what they open there
PERMITS = {
    Profile.ORGANISATION_CONSULTATION: "permet de voir la structure, ses services et les personnes rattachées",
    Profile.ORGANISATION_MODIFICATION: "permet de modifier la structure, de rattacher, détacher et habiliter",
    Profile.RATTACHEMENT_VALIDATION: "permet d’accepter ou refuser les demandes de rattachement",
    Profile.FACTURATION_CONSULTATION: "permet de voir les factures émises et reçues",
    Profile.FACTURATION_MODIFICATION: "permet de déposer, saisir et traiter les factures",
    Profile.FACTURATION_VALIDATION: "permet de valider les factures avant leur envoi",
    Profile.FACTURES_TRAVAUX_CONSULTATION: "permet de voir les factures de travaux",
    Profile.FACTURES_TRAVAUX_MODIFICATION: "permet de déposer et traiter les factures de travaux",
    Profile.FRAIS_JUSTICE_CONSULTATION: "permet de voir les mémoires de frais de justice",
    Profile.FRAIS_JUSTICE_MODIFICATION: "permet de déposer et traiter les mémoires de frais de justice",
    Profile.REMBOURSEMENT_TAXES_CONSULTATION: "permet de voir les demandes de remboursement de taxes",
    Profile.REMBOURSEMENT_TAXES_MODIFICATION: "permet de déposer et traiter les demandes de remboursement de taxes",
    Profile.ENGAGEMENT_CONSULTATION: "permet de voir les engagements",
    Profile.ENGAGEMENT_MODIFICATION: "permet d’ouvrir et modifier les engagements",
    Profile.CESSION_CONSULTATION: "permet de voir les cessions de créances",
    Profile.CESSION_MODIFICATION: "permet de demander et suivre les cessions de créances",
    Profile.MARCHE_CONSULTATION: "permet de voir les marchés",
    Profile.MARCHE_MODIFICATION: "permet de créer et modifier les marchés",
    Profile.RACCORDEMENT_CONSULTATION: "permet de voir les raccordements EDI et API",
    Profile.RACCORDEMENT_MODIFICATION: "permet de déclarer et modifier les raccordements EDI et API",
}

# What `Meta.permissions` of both models declares
PERMISSIONS = Profile.choices


def given(profiles: Iterable[Profile]) -> frozenset[Profile]:
    """What rows of these profiles give: themselves, and what they imply."""
    return frozenset().union(*(GIVES[profile] for profile in profiles))


def ordered(profiles: Iterable[str]) -> list[Profile]:
    """Profiles in the order of the catalogue."""
    held = set(profiles)
    return [profile for profile in Profile if profile in held]


def defaults(*, is_public: bool) -> frozenset[Profile]:
    """The profiles that a new attachment brings, for a public or a private structure."""
    return frozenset(Profile) - _NOT_BY_DEFAULT - (frozenset() if is_public else PUBLIC_ONLY)
