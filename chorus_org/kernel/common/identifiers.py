"""The identifiers of structures and of people: one canonical form each, and their keys.

Types and formats: API « Structures » of Chorus Pro (`typeIdentifiantStructure`), law of 2 December 2016 on identifiers
of issuers without SIRET. The shape is a rule of the database; the key is asked only of what a person types, since
identifiers of the test environments of Chorus Pro fail it.
"""

import re
import secrets
import unicodedata

import stdnum.eu.vat
import stdnum.fr.siret
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models


class IdentifierType(models.TextChoices):
    """The values of the published API."""

    SIRET = "SIRET", "SIRET"
    UE_HORS_FRANCE = "UE_HORS_FRANCE", "Européen hors France"
    HORS_UE = "HORS_UE", "Hors Union européenne"
    RIDET = "RIDET", "RIDET"
    TAHITI = "TAHITI", "TAHITI"
    PARTICULIER = "PARTICULIER", "Particulier"
    AUTRE = "AUTRE", "En cours d’immatriculation ou autre"


SHAPES = {
    IdentifierType.SIRET: r"^[0-9]{14}$",
    IdentifierType.UE_HORS_FRANCE: r"^[A-Z]{2}[A-Z0-9+*]{2,16}$",
    IdentifierType.HORS_UE: r"^[A-Z]{2}[A-Z0-9][A-Z0-9 .&'-]{0,15}$",
    IdentifierType.RIDET: r"^[0-9]{9,10}$",
    IdentifierType.TAHITI: r"^[A-Z0-9]{9}$",
    IdentifierType.PARTICULIER: r"^PART-[A-Z0-9]{10}$",
    IdentifierType.AUTRE: r"^[A-Z0-9][A-Z0-9 -]{0,79}$",
}

HINTS = {
    IdentifierType.SIRET: "Le SIRET compte 14 chiffres",
    IdentifierType.UE_HORS_FRANCE: "Le numéro de TVA, 18 caractères au plus, commence par les deux lettres du pays",
    IdentifierType.HORS_UE: "L’identifiant est le code du pays (deux lettres) suivi des 16 premiers caractères du nom",
    IdentifierType.RIDET: "Le RIDET compte 9 ou 10 chiffres",
    IdentifierType.TAHITI: "Le numéro TAHITI compte 9 caractères",
    IdentifierType.PARTICULIER: "L’identifiant d’un particulier est donné par la plateforme",
    IdentifierType.AUTRE: "L’identifiant a 80 caractères au plus, lettres sans accent, chiffres, espaces ou tirets",
}

EMAIL_MAX, LOCAL_MAX = 254, 64  # RFC 5321, 4.5.3.1
UNUSUAL = "Cette adresse contient un caractère inhabituel, souvent venu d’un copier-coller. Retapez-la."

_SIGNS = {
    IdentifierType.SIRET: "[0-9]",
    IdentifierType.UE_HORS_FRANCE: "[A-Z0-9+*]",
    IdentifierType.HORS_UE: "[A-Z0-9 .&'-]",
    IdentifierType.RIDET: "[0-9]",
    IdentifierType.TAHITI: "[A-Z0-9]",
    IdentifierType.PARTICULIER: "[A-Z0-9-]",
    IdentifierType.AUTRE: "[A-Z0-9 -]",
}

_ONLY_DIGITS = {IdentifierType.SIRET, IdentifierType.RIDET}
_SPELT_WITH_SPACES = {IdentifierType.HORS_UE, IdentifierType.AUTRE}
# Without I, L, O and U, that one misreads.
_PERSON_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # pragma: allowlist secret


def canonical(identifier_type: str, typed: str) -> str:
    """The one spelling of an identifier, checked for its shape: capitals, and no spaces where the type has none.

    :raises ValidationError: with a sentence that says how many characters were found, and how many are expected.
    """
    kind = IdentifierType(identifier_type)
    identifier = (" " if kind in _SPELT_WITH_SPACES else "").join(typed.split())
    if identifier.isascii():  # outside of ASCII, capitals would turn a letter into another (ı, ſ, ß)
        identifier = identifier.upper()
    if kind in _ONLY_DIGITS:
        identifier = re.sub(r"[.\-\u2010-\u2015]", "", identifier)
    if kind == IdentifierType.SIRET and (mistaken := _mistaken_for_siret(identifier)):
        raise ValidationError(mistaken, code="shape")
    if not re.fullmatch(SHAPES[kind], identifier):
        given = len(re.findall(_SIGNS[kind], identifier, re.IGNORECASE | re.ASCII))
        others = len(identifier) - given
        besides = f", et {others} {'autres signes' if others > 1 else 'autre signe'}" if others else ""
        raise ValidationError(
            f"{HINTS[kind]}\u00a0; vous en avez donné {given}{besides}. Vérifiez votre saisie.", code="shape"
        )
    return identifier


def _mistaken_for_siret(identifier: str) -> str:
    """What else was typed for a SIRET, in words; empty if it is nothing that we know."""
    if re.fullmatch(r"[0-9]{9}", identifier):
        return (
            "Ceci est un SIREN, de 9 chiffres, qui désigne l’entreprise entière. Ajoutez les 5 chiffres de "
            "l’établissement\u00a0: le SIRET en compte 14."
        )
    if re.fullmatch(r"FR[0-9A-Z]{2}[0-9]{9}", identifier):
        return "Ceci est un numéro de TVA. Le SIRET compte 14 chiffres, dont les 9 derniers de ce numéro au début."
    if re.fullmatch(r"[0-9]{13}", identifier) and stdnum.fr.siret.is_valid(f"0{identifier}"):
        return f"Il manque le zéro du début, souvent perdu par un tableur\u00a0: saisissez 0{identifier}."
    return ""


def check_key(identifier_type: str, identifier: str) -> None:
    """Refuse an identifier in its canonical form whose key is wrong: a slip of the keyboard. Types without a key pass.

    :raises ValidationError: the key does not match.
    """
    keyed = {IdentifierType.SIRET: stdnum.fr.siret, IdentifierType.UE_HORS_FRANCE: stdnum.eu.vat}
    number = keyed.get(IdentifierType(identifier_type))
    if number and not number.is_valid(identifier):
        label = "SIRET" if identifier_type == IdentifierType.SIRET else "numéro de TVA"
        raise ValidationError(
            f"La clé de ce {label} est fausse\u00a0: un chiffre a sans doute été mal recopié.", code="key"
        )


def new_person_identifier() -> str:
    """An identifier for a private person, who has none of their own: « PART- » and ten characters drawn at random."""
    return "PART-" + "".join(secrets.choice(_PERSON_ALPHABET) for _ in range(10))


def canonical_email(typed: str) -> str:
    """The one spelling of an electronic address: lower case, domain in ASCII (IDNA).

    Two addresses are never merged silently: what Unicode or IDNA would change to something else is refused.

    :raises ValidationError: not an address, or a local part that is not plain ASCII.
    """
    address = typed.strip()
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise ValidationError(
            "Saisissez l’adresse sans accent ni caractère spécial avant «\u00a0@\u00a0».", code="email"
        )
    if not address.isprintable() or unicodedata.normalize("NFKC", address) != address:
        raise ValidationError(UNUSUAL, code="email")
    canonical_address = f"{local}@{_ascii_domain(domain)}".lower()
    validate_email(canonical_address)
    if len(local) > LOCAL_MAX:
        raise ValidationError(
            f"Avant «\u00a0@\u00a0», une adresse compte {LOCAL_MAX} caractères au plus. Vérifiez-la.", code="email"
        )
    if len(canonical_address) > EMAIL_MAX:
        raise ValidationError(f"Une adresse électronique compte {EMAIL_MAX} caractères au plus.", code="email")
    return canonical_address


def _ascii_domain(domain: str) -> str:
    """The domain in IDNA's ASCII form; empty if it has none."""
    if domain.isascii():
        return domain
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    if ascii_domain.encode("ascii").decode("idna") != domain.lower():
        raise ValidationError(UNUSUAL, code="email")
    return ascii_domain
