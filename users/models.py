"""Accounts: who logs in, and how a person is named and reached."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from chorus_org.kernel.common import rights
from chorus_org.kernel.common.identifiers import canonical_email
from chorus_org.kernel.common.models import LockingQuerySet, PublicModel


class AccountState(models.TextChoices):
    """Whether an account acts, and if not why; only an active one logs in or holds a right."""

    A_ACTIVER = "A_ACTIVER", "À activer"
    ACTIF = "ACTIF", "Actif"
    SUSPENDU = "SUSPENDU", "Suspendu"  # by an operator
    DESACTIVE = "DESACTIVE", "Désactivé"  # by its owner
    INUTILISE = "INUTILISE", "Inutilisé"  # nobody came for a year
    ANONYMISE = "ANONYMISE", "Anonymisé"


RETURN_DELAY = timedelta(days=30)  # during which who closed their account opens it again by themselves


class Notice(models.TextChoices):
    """What a person may be told of by mail; security messages are not a choice (domain, 2.7)."""

    DEMANDES = "DEMANDES", "Décisions sur mes demandes"
    ACTIVITE = "ACTIVITE", "Demandes à traiter dans mes structures"
    RESUME = "RESUME", "Résumé de la semaine"


def every_notice() -> list[str]:
    return Notice.values


class UserManager(BaseUserManager.from_queryset(LockingQuerySet)):
    def get_by_natural_key(self, username: str) -> "User":
        """The account of a login address, however it is typed.

        :raises DoesNotExist: no account, or not an address.
        """
        try:
            return self.get(email=canonical_email(username))
        except ValidationError as error:
            raise self.model.DoesNotExist from error


class User(AbstractBaseUser, PermissionsMixin, PublicModel):
    email = models.EmailField("adresse électronique de connexion", max_length=254)
    last_name = models.CharField("nom", max_length=100)
    first_name = models.CharField("prénom", max_length=100)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    contact_email = models.EmailField("adresse électronique de contact", max_length=254)
    contact_confirmed_at = models.DateTimeField("adresse de contact confirmée le", null=True, blank=True)
    work_address = models.CharField("adresse professionnelle", max_length=255, blank=True)
    notices = ArrayField(
        models.CharField(max_length=10, choices=Notice),
        verbose_name="avis par courriel",
        default=every_notice,
        blank=True,
    )
    state = models.CharField("état", max_length=10, choices=AccountState, default=AccountState.ACTIF)
    state_since = models.DateTimeField("dans cet état depuis", null=True, blank=True)
    terms_accepted_at = models.DateTimeField("conditions acceptées le", null=True, blank=True)
    warned_at = models.DateTimeField("prévenu de son inactivité le", null=True, blank=True)
    erasure_asked_at = models.DateTimeField("suppression demandée le", null=True, blank=True)
    is_staff = models.BooleanField("exploitant", default=False)
    created_at = models.DateTimeField("créé le")

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "contact_email"
    REQUIRED_FIELDS = ["last_name", "first_name"]

    class Meta:
        verbose_name = "utilisateur"
        verbose_name_plural = "utilisateurs"
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_unique",
                violation_error_code="email",
                violation_error_message="Cette adresse est déjà celle d’un compte.",
            ),
            models.CheckConstraint(
                name="user_email_lower",
                condition=Q(email=Lower("email")),
                violation_error_code="email",
                violation_error_message="L’adresse de connexion s’écrit en minuscules.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.state == AccountState.ACTIF

    def enter(self, state: AccountState, *, at: datetime) -> None:
        """Write the state of a row that the operation has locked; what was said or asked in the former one is over."""
        self.state, self.state_since = state, at
        self.warned_at = self.erasure_asked_at = None
        self.save(update_fields=["state", "state_since", "warned_at", "erasure_asked_at"])

    def may_return(self, at: datetime) -> bool:
        """Whether the account sleeps, and its mailbox is enough to open it again (domain, 2.8)."""
        if self.state == AccountState.DESACTIVE:
            return self.state_since is not None and self.state_since + RETURN_DELAY > at
        return self.state == AccountState.INUTILISE

    @property
    def state_sentence(self) -> str:
        """« Ce compte est suspendu. »"""
        return f"Ce compte est {self.get_state_display().lower()}."

    @property
    def notices_email(self) -> str:
        """Where notices go: the login address until the other one is known to be read by the same person."""
        return self.contact_email if self.contact_confirmed_at else self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the person holds a permission; on an object, the gate alone answers, for a superuser too."""
        if obj is None:
            return super().has_perm(perm)
        return rights.gate().has_perm(self, perm, obj)


class Session(AbstractBaseSession):
    """A session, and the account that it opens; what it keeps is read by `users.login.sessions`."""

    user = models.ForeignKey(
        User, verbose_name="utilisateur", on_delete=models.CASCADE, related_name="sessions", null=True, blank=True
    )

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore


class LinkPurpose(models.TextChoices):
    ACTIVATION = "ACTIVATION", "Activation"
    PASSWORD = "PASSWORD", "Mot de passe oublié"  # pragma: allowlist secret
    ADDRESS = "ADDRESS", "Nouvelle adresse de connexion"
    CANCEL = "CANCEL", "Annulation du changement d’adresse"
    CONTACT = "CONTACT", "Adresse de contact"
    RETURN = "RETURN", "Retour d’un compte endormi"


class Link(models.Model):
    """A link sent by mail that opens a form once; its key stands here as a hash only (security, 6.4.1 and 11.5.1)."""

    user = models.ForeignKey(User, verbose_name="utilisateur", on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField("objet", max_length=10, choices=LinkPurpose)
    email = models.EmailField("adresse", max_length=254, help_text="Celle que le lien prouve, ou rend.")
    key_hash = models.CharField("empreinte de la clé", max_length=64, unique=True)
    created_at = models.DateTimeField("créé le")
    expires_at = models.DateTimeField("expire le")
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)
    details = models.JSONField(
        "informations personnelles", default=dict, help_text="Ce que disait la demande à laquelle ce lien répond."
    )

    class Meta:
        verbose_name = "lien"
        verbose_name_plural = "liens"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                name="link_one_alive",
                # Of several requests to create an account at one address, the link that is opened decides
                condition=Q(used_at=None) & ~Q(purpose="ACTIVATION"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"


class AskedFor(models.TextChoices):
    CREATION = "CREATION", "Créer un compte"
    ACTIVATION = "ACTIVATION", "Recevoir un nouveau lien d’activation"
    PASSWORD = "PASSWORD", "Mot de passe oublié"  # pragma: allowlist secret
    RETURN = "RETURN", "Rouvrir mon compte"
    LOCKED = "LOCKED", "Connexion bloquée"  # asked by nobody: told to the owner


class AccountRequest(models.Model):
    """What a visitor asked about an address, kept until the worker answers by mail.

    The page does the same work whether the address has an account or not; only the mail tells (security, 6.3.8).
    """

    asked_for = models.CharField("demande", max_length=10, choices=AskedFor)
    email = models.EmailField("adresse électronique de connexion", max_length=254)
    details = models.JSONField("informations personnelles", default=dict)
    created_at = models.DateTimeField("reçue le")

    class Meta:
        verbose_name = "demande de visiteur"
        verbose_name_plural = "demandes de visiteurs"

    def __str__(self) -> str:
        return f"{self.get_asked_for_display()} {self.pk}"


class Identity(models.Model):
    """Who a person is for ProConnect: it opens their account, in the place of their password."""

    user = models.OneToOneField(
        User, verbose_name="utilisateur", on_delete=models.CASCADE, related_name="proconnect", primary_key=True
    )
    issuer = models.CharField("émetteur", max_length=255)
    subject = models.CharField("sujet", max_length=255)
    siret = models.CharField("établissement indiqué", max_length=14, blank=True)
    linked_at = models.DateTimeField("relié le")

    class Meta:
        verbose_name = "identité ProConnect"
        verbose_name_plural = "identités ProConnect"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                name="identity_of_one_account",
                violation_error_code="subject",
                violation_error_message="Cette identité ProConnect est déjà reliée à un autre compte.",
            ),
        ]

    def __str__(self) -> str:
        return f"identité {self.pk}"


class Recovery(models.Model):
    """What the support gives back to who has lost a factor or a mailbox, unless the owner logs in before it does."""

    user = models.OneToOneField(
        User, verbose_name="utilisateur", on_delete=models.CASCADE, related_name="recovery", primary_key=True
    )
    email = models.EmailField(
        "nouvelle adresse de connexion",
        max_length=254,
        blank=True,
        help_text="Aucune\u00a0: la double authentification.",
    )
    asked_at = models.DateTimeField("demandé le")
    due_at = models.DateTimeField("prend effet le", db_index=True)

    class Meta:
        verbose_name = "récupération"
        verbose_name_plural = "récupérations"

    def __str__(self) -> str:
        return f"récupération {self.pk}"


class LoginCounter(models.Model):
    """Failed logins of an account, a network, or both together; what is counted is kept as a keyed hash."""

    key = models.CharField("clé", max_length=64, unique=True)
    failures = models.PositiveIntegerField("échecs", default=0)
    first_at = models.DateTimeField("premier échec")
    last_at = models.DateTimeField("dernier échec", db_index=True)

    class Meta:
        verbose_name = "compteur de connexions"
        verbose_name_plural = "compteurs de connexions"

    def __str__(self) -> str:
        return f"{self.failures} échecs"
