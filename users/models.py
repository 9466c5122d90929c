"""Accounts: who logs in, and how a person is named and reached."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from chorus_org.common import rights
from chorus_org.common.identifiers import canonical_email
from chorus_org.common.models import LockingQuerySet, PublicModel


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
    is_active = models.BooleanField("actif", default=True)
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

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the person holds a permission; on an object, the gate alone answers, for a superuser too."""
        if obj is None:
            return super().has_perm(perm)
        return rights.gate().has_perm(self, perm, obj)


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
