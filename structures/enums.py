from django.db import models


class Sector(models.TextChoices):
    PUBLIQUE = "PUBLIQUE", "Entité publique"
    PRIVEE = "PRIVEE", "Structure privée"


class SupplierMustGive(models.TextChoices):
    """What a supplier must write on an invoice: one answer on screen, three flags in the published data."""

    NOTHING = "RIEN", "Rien d’obligatoire"
    ENGAGEMENT = "ENGAGEMENT", "Le numéro d’engagement"
    SERVICE = "SERVICE", "Le code service"
    BOTH = "LES_DEUX", "Le numéro d’engagement et le code service"
    EITHER = "L_UN_OU_L_AUTRE", "Le numéro d’engagement ou le code service"
