"""« Vous êtes »: the tabs at the very top only set the words of the home page, and remember it in a cookie."""

from datetime import timedelta
from typing import Self

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse

COOKIE = "public"


class Audience(TextChoices):
    ENTREPRISE = "entreprise", "Entreprise"
    ENTITE_PUBLIQUE = "entite-publique", "Entité publique"
    PARTICULIER = "particulier", "Particulier"
    ASSOCIATION = "association", "Association"

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """What the address asks for, else what the cookie remembers, else the first."""
        for source in (request.GET, request.COOKIES):
            if source.get(COOKIE) in cls.values:
                return cls(source[COOKIE])
        return cls.ENTREPRISE

    def remember(self, response: HttpResponse) -> None:
        response.set_cookie(COOKIE, self.value, max_age=timedelta(days=365), httponly=True, samesite="Lax")
