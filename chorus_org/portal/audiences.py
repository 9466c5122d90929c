"""« Vous êtes »: the tabs at the very top only set the words of the home page, and remember it in a cookie."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse

COOKIE = "public"


class Audience(TextChoices):
    ENTREPRISE = "entreprise", "Entreprise"
    ENTITE_PUBLIQUE = "entite-publique", "Entité publique"
    PARTICULIER = "particulier", "Particulier"
    ASSOCIATION = "association", "Association"

    @property
    def presentation(self) -> str:
        """What home says of the portal to this audience."""
        return PRESENTATIONS[self]

    @property
    def promise(self) -> str:
        """What home invites this audience to."""
        return PROMISES[self]

    @property
    def actions(self) -> tuple[tuple[str, str, str], ...]:
        """What this audience does first: a label, the name of an address, a note."""
        return ACTIONS[self]

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """What the address asks for, else what the cookie remembers, else the first."""
        for source in (request.GET, request.COOKIES):
            if source.get(COOKIE) in cls.values:
                return cls(source[COOKIE])
        return cls.ENTREPRISE

    def remember(self, response: HttpResponse) -> None:
        response.set_cookie(
            COOKIE,
            self.value,
            max_age=timedelta(days=365),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


PRESENTATIONS = {
    Audience.ENTREPRISE: (
        "Afin de simplifier la vie des entreprises et de réduire les délais de paiement, les administrations "
        "publiques reçoivent les factures de leurs fournisseurs sur une même plateforme. Ici, vous gérez qui "
        "travaille pour quelle structure, dans quel service et avec quels droits."
    ),
    Audience.ENTITE_PUBLIQUE: (
        "Vos fournisseurs vous adressent leurs factures sur une même plateforme. Ici, vous décrivez votre structure "
        "et ses services, et vous décidez qui peut y recevoir et y traiter les factures."
    ),
    Audience.PARTICULIER: (
        "Vous facturez une administration à titre personnel, par exemple pour des frais de justice. Ici, vous "
        "déclarez votre structure et suivez les droits que vous y détenez."
    ),
    Audience.ASSOCIATION: (
        "Votre association facture une administration ou reçoit un remboursement. Ici, vous gérez sa structure, les "
        "bénévoles et salariés qui y travaillent, et les droits de chacun."
    ),
}
PROMISES = {
    Audience.ENTREPRISE: "Facturer une structure publique",
    Audience.ENTITE_PUBLIQUE: "Préparer sa structure à recevoir des factures",
    Audience.PARTICULIER: "Ce que vous pouvez faire",
    Audience.ASSOCIATION: "Ce que votre association peut faire",
}
ACTIONS = {
    Audience.ENTREPRISE: (
        (
            "Trouver une structure publique",
            "directory:search",
            "son SIRET, ses services, ce que la facture doit porter",
        ),
        ("Vérifier des lignes", "directory:check", "jusqu’à 5\u00a0000 adresses de factures d’un coup"),
        ("Créer ma structure", "habilitations:create", "pour facturer et suivre ses factures à plusieurs"),
    ),
    Audience.ENTITE_PUBLIQUE: (
        ("Rejoindre ma structure", "people:ask", "elle est sans doute déjà dans l’annuaire"),
        ("Créer les services", "services:create", "leur code figure sur les factures"),
        ("Rattacher les collègues", "people:attach", "et dire ce que chacun peut faire"),
        ("Demander la création d’une structure publique", "habilitations:propose", "si elle manque à l’annuaire"),
    ),
    Audience.PARTICULIER: (
        ("Créer ma structure", "habilitations:create", "de type «\u00a0Particulier\u00a0», sans SIRET"),
        ("Trouver la structure à facturer", "directory:search", "et ce que la facture doit porter"),
    ),
    Audience.ASSOCIATION: (
        ("Créer ou rejoindre la structure", "habilitations:create", "avec le SIRET de l’association"),
        ("Rattacher bénévoles et salariés", "people:attach", "chacun avec son propre compte"),
        ("Trouver la structure à facturer", "directory:search", "et ce que la facture doit porter"),
    ),
}
