"""Lists of values of requests. Those of the published API keep its spelling (domain, 6.1)."""

from django.db import models


class RequestKind(models.TextChoices):
    ATTACHMENT = "RATTACHEMENT", "Rattachement"
    PROFILES = "HABILITATIONS", "Habilitations supplémentaires"


class RequestStatus(models.TextChoices):
    PENDING = "EN_COURS_DE_VALIDATION", "En cours de validation"
    APPROVED = "VALIDEE", "Validée"
    REFUSED = "REFUSEE", "Refusée"
    WITHDRAWN = "ANNULEE", "Annulée"  # by who asked, or because they were detached
    EXPIRED = "EXPIREE", "Expirée"


class RefusalReason(models.TextChoices):
    UNKNOWN = "INCONNU", "Cette personne ne travaille pas pour la structure"
    ELSEWHERE = "MAUVAISE_STRUCTURE", "La demande vise la mauvaise structure ou le mauvais service"
    TWICE = "DOUBLON", "La personne est déjà rattachée autrement"
    OTHER = "AUTRE", "Autre motif"


class Level(models.TextChoices):
    """« Niveaux de rattachement », in the words of the guide (3.3)."""

    STRUCTURE = "STRUCTURE", "Je souhaite faire un rattachement à la maille structure"
    SERVICE = "SERVICE", "Je souhaite faire un rattachement à la maille service"


class InvitationStatus(models.TextChoices):
    WAITING = "EN_ATTENTE", "En attente"
    ACCEPTED = "ACCEPTEE", "Acceptée"
    DECLINED = "REFUSEE", "Refusée"
    CANCELLED = "ANNULEE", "Annulée"  # by who may invite there, or because who invited lost the right


class Leaving(models.TextChoices):
    """What becomes of those attached only to a service that closes (domain, 4.4)."""

    STAY = "RESTER", "Les laisser rattachées\u00a0: leurs droits reviendront si le service rouvre"
    MOVE = "DEPLACER", "Les rattacher à un autre service"
    RAISE = "ELEVER", "Les rattacher à toute la structure"
