from django.db import models


class ServiceState(models.TextChoices):
    """Derived from dates, never stored (domain, 4.3)."""

    A_VENIR = "A_VENIR", "À\u00a0venir"
    ACTIF = "ACTIF", "Actif"
    INACTIF = "INACTIF", "Inactif"
    SUPPRIME = "SUPPRIME", "Supprimé"
