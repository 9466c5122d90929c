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
