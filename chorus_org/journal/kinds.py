"""Every kind of event, and the only list of them: « subject.what happened »."""

from django.db import models


class Kind(models.TextChoices):
    ACCOUNT_ACTIVATED = "account.activated", "compte activé"
    ACCOUNT_CREATED = "account.created", "compte créé"
    ACCOUNT_DETAILS_CHANGED = "account.details_changed", "informations du compte changées"
    ACCOUNT_REOPENED = "account.reopened", "compte rouvert"
    ACCOUNT_SUSPENDED = "account.suspended", "compte suspendu"
    ATTACHMENT_OPENED = "attachment.opened", "rattachement ouvert"
    ATTACHMENT_PROLONGED = "attachment.prolonged", "rattachement prolongé sans fin prévue"
    CONTACT_CONFIRMED = "contact.confirmed", "adresse de contact confirmée"
    FACTOR_ADDED = "factor.added", "second facteur ajouté"
    FACTOR_REMOVED = "factor.removed", "second facteur retiré"
    LOGIN_ADDRESS_CHANGED = "login_address.changed", "adresse de connexion changée"
    LOGIN_ADDRESS_RESTORED = "login_address.restored", "adresse de connexion rendue"
    MAIL_RESENT = "mail.resent", "courriel renvoyé"
    OPERATOR_MADE = "operator.made", "exploitant désigné"
    PASSWORD_CHANGED = "password.changed", "mot de passe changé"  # pragma: allowlist secret
    PRINCIPAL_MANAGER_APPOINTED = "principal_manager.appointed", "gestionnaire principal désigné"
    PROFILES_GRANTED = "profiles.granted", "profils accordés"
    RECOVERY_CODES_MADE = "recovery_codes.made", "codes de secours créés"
    RECOVERY_CODE_USED = "recovery_codes.used", "code de secours utilisé"
    SERVICE_CREATED = "service.created", "service créé"
    SESSIONS_CLOSED = "sessions.closed", "sessions fermées"
    STRUCTURE_REGISTERED = "structure.registered", "structure enregistrée"


def choices() -> list[tuple[str, str]]:
    """The kinds for the model: by name, so that a new kind asks for no migration."""
    return Kind.choices
