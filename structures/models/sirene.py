"""The company register (Sirene, INSEE), as the published files have it: what a SIRET names, and where it stands.

Nothing refers to these rows: each file takes the place of the former one (`manage.py import_sirene`).
"""

from django.db import models


class SireneUnit(models.Model):
    siren = models.CharField("numéro SIREN", max_length=9, primary_key=True, db_collation="C")
    name = models.CharField("dénomination", max_length=255, blank=True)
    category = models.CharField("catégorie juridique", max_length=4, blank=True)

    class Meta:
        verbose_name = "unité légale"
        verbose_name_plural = "unités légales"

    def __str__(self) -> str:
        return f"{self.siren} – {self.name}"


class SireneEstablishment(models.Model):
    siret = models.CharField("numéro SIRET", max_length=14, primary_key=True, db_collation="C")
    is_open = models.BooleanField("ouvert")
    is_diffused = models.BooleanField("diffusible")
    usual_name = models.CharField("enseigne", max_length=255, blank=True)
    address = models.CharField("adresse", max_length=255, blank=True)
    address_extra_1 = models.CharField("complément d’adresse", max_length=99, blank=True)
    postal_code = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("ville", max_length=50, blank=True)

    class Meta:
        verbose_name = "établissement"
        verbose_name_plural = "établissements"

    def __str__(self) -> str:
        return self.siret
