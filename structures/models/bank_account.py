"""Bank accounts: where a structure is paid (domain, 3.7)."""

from django.db import models
from django.db.models import Q

from chorus_org.kernel.common.models import LockingQuerySet, PublicModel
from structures.models.structure import Structure

SHOWN = 4  # characters of an IBAN at each end, for whoever may not read it whole


class BankAccount(PublicModel):
    structure = models.ForeignKey(
        Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="bank_accounts", db_index=False
    )
    label = models.CharField("libellé", max_length=99)
    holder = models.CharField("titulaire", max_length=99)
    iban = models.CharField("numéro de compte (IBAN)", max_length=34)
    bic = models.CharField("code de la banque (BIC)", max_length=11, blank=True)
    created_at = models.DateTimeField("créée le")

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = "coordonnée bancaire"
        verbose_name_plural = "coordonnées bancaires"
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "iban"],
                name="bank_account_unique",
                violation_error_code="iban",
                violation_error_message="Cette structure a déjà ce compte.",
            ),
            models.CheckConstraint(
                name="bank_account_iban_shape",
                condition=Q(iban__regex="^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
                violation_error_code="iban",
                violation_error_message="Saisissez l’IBAN en entier, par exemple FR76 3000 6000 0112 3456 7890 189.",
            ),
            models.CheckConstraint(
                name="bank_account_bic_shape",
                condition=Q(bic__regex="^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$"),
                violation_error_code="bic",
                violation_error_message="Un BIC a 8 ou 11 caractères, par exemple AGRIFRPP.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def masked_iban(self) -> str:
        """The IBAN for whoever may not read it whole."""
        return f"{self.iban[:SHOWN]} •••• {self.iban[-SHOWN:]}"
