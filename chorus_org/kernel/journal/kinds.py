"""Every kind of event, and the only list of them: « subject.what happened »."""

from django.db import models


class Kind(models.TextChoices):
    ABSENCE_DECLARED = "absence.declared", "absence déclarée"
    ABSENCE_ENDED = "absence.ended", "absence terminée avant sa date"
    ACCOUNT_ACTIVATED = "account.activated", "compte activé"
    ACCOUNT_CLOSED = "account.closed", "compte désactivé par son titulaire"
    ACCOUNT_CREATED = "account.created", "compte créé"
    ACCOUNT_DETAILS_CHANGED = "account.details_changed", "informations du compte changées"
    ACCOUNT_ERASED = "account.erased", "compte anonymisé"
    ACCOUNT_REOPENED = "account.reopened", "compte rouvert"
    ACCOUNT_SUSPENDED = "account.suspended", "compte suspendu"
    ACCOUNT_UNUSED = "account.unused", "compte suspendu faute d’usage"
    ATTACHMENT_END_PLANNED = "attachment.end_planned", "fin de rattachement prévue"
    ATTACHMENT_ENDED = "attachment.ended", "rattachement terminé"
    ATTACHMENT_OPENED = "attachment.opened", "rattachement ouvert"
    ATTACHMENT_PROLONGED = "attachment.prolonged", "rattachement prolongé sans fin prévue"
    BANK_ACCOUNT_ADDED = "bank_account.added", "coordonnée bancaire créée"
    BANK_ACCOUNT_CHANGED = "bank_account.changed", "coordonnée bancaire modifiée"
    BANK_ACCOUNT_REMOVED = "bank_account.removed", "coordonnée bancaire supprimée"
    CONTACT_CONFIRMED = "contact.confirmed", "adresse de contact confirmée"
    DATA_TAKEN = "data.taken", "données personnelles téléchargées"
    FACTOR_ADDED = "factor.added", "second facteur ajouté"
    FACTOR_REMOVED = "factor.removed", "second facteur retiré"
    FACTORS_RESET = "factors.reset", "double authentification retirée"
    INVITATION_ACCEPTED = "invitation.accepted", "invitation acceptée"
    INVITATION_CANCELLED = "invitation.cancelled", "invitation annulée"
    INVITATION_DECLINED = "invitation.declined", "invitation refusée"
    INVITATION_SENT = "invitation.sent", "invitation envoyée"
    LOGIN_ADDRESS_CHANGED = "login_address.changed", "adresse de connexion changée"
    LOGIN_ADDRESS_RESTORED = "login_address.restored", "adresse de connexion rendue"
    MAIL_RESENT = "mail.resent", "courriel renvoyé"
    NEWS_WRITTEN = "news.written", "actualité écrite"
    OPERATOR_MADE = "operator.made", "exploitant désigné"
    PASSWORD_CHANGED = "password.changed", "mot de passe changé"  # pragma: allowlist secret
    PRINCIPAL_MANAGER_APPOINTED = "principal_manager.appointed", "gestionnaire principal désigné"
    PRINCIPAL_MANAGER_GONE = "principal_manager.gone", "structure sans gestionnaire principal"
    PROCONNECT_LINKED = "proconnect.linked", "compte relié à ProConnect"
    PROCONNECT_UNLINKED = "proconnect.unlinked", "lien avec ProConnect retiré"
    PROFILES_GRANTED = "profiles.granted", "profils accordés"
    PROFILES_REVOKED = "profiles.revoked", "profils retirés"
    PROPOSAL_ACCEPTED = "proposal.accepted", "structure publique demandée, créée"
    PROPOSAL_MADE = "proposal.made", "structure publique demandée"
    PROPOSAL_REFUSED = "proposal.refused", "structure publique demandée, refusée"
    PROPOSAL_WITHDRAWN = "proposal.withdrawn", "demande de structure publique retirée"
    RECOVERY_CODES_MADE = "recovery_codes.made", "codes de secours créés"
    RECOVERY_CODE_USED = "recovery_codes.used", "code de secours utilisé"
    RECOVERY_ASKED = "recovery.asked", "récupération du compte demandée"
    RECOVERY_DROPPED = "recovery.dropped", "récupération du compte abandonnée"
    REQUEST_APPROVED = "request.approved", "demande approuvée"
    REQUEST_ASKED = "request.asked", "demande envoyée"
    REQUEST_EXPIRED = "request.expired", "demande expirée sans réponse"
    REQUEST_REFUSED = "request.refused", "demande refusée"
    REQUEST_REOPENED = "request.reopened", "décision reprise"
    REQUEST_WITHDRAWN = "request.withdrawn", "demande retirée par son auteur"
    SERVICE_CHANGED = "service.changed", "service modifié"
    SERVICE_CLOSED = "service.closed", "service fermé"
    SERVICE_CREATED = "service.created", "service créé"
    SERVICE_DELETED = "service.deleted", "service supprimé"
    SERVICE_REOPENED = "service.reopened", "service rouvert"
    SESSIONS_CLOSED = "sessions.closed", "sessions fermées"
    STRUCTURE_ACTIVATED = "structure.activated", "structure activée"
    STRUCTURE_CHANGED = "structure.changed", "structure modifiée"
    STRUCTURE_DEACTIVATED = "structure.deactivated", "structure désactivée"
    STRUCTURE_NEWCOMERS = "structure.newcomers", "droits des nouveaux rattachés changés"
    STRUCTURE_REGISTERED = "structure.registered", "structure enregistrée"
    STRUCTURE_RENUMBERED = "structure.renumbered", "identifiant (SIRET) changé"
    TICKET_ANSWERED = "ticket.answered", "question répondue"
    TICKET_CLOSED = "ticket.closed", "question close"
    TICKET_OPENED = "ticket.opened", "question reçue"


# What the details of an event are called
DETAILS = {
    "accept": "peuvent accepter des rattachements",
    "address": "nouvelle adresse",
    "count": "nombre",
    "erase": "avec effacement",
    "factor": "facteur",
    "fields": "champs",
    "left": "restants",
    "profiles": "profils",
    "reason": "motif",
    "role": "rôle",
    "request": "demande",
    "service": "service",
    "structure": "autre structure",
}


def choices() -> list[tuple[str, str]]:
    """The kinds for the model: by name, so that a new kind asks for no migration."""
    return Kind.choices
