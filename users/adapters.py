"""How allauth speaks to our operations."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from chorus_org.common.identifiers import canonical_email
from users.models import User
from users.operations import login, requests


class AccountAdapter(DefaultAccountAdapter):
    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our pages show what happened (« Bonjour … », a page without a session)."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Look at the password, unless too many tries failed (`users.operations.login`)."""
        tried = {"email": canonical_email(credentials["email"]), "address": self.get_client_ip(request)}
        try:
            is_last = login.count_try(**tried, at=timezone.now())
        except login.LoginRefused as refusal:
            raise ValidationError(str(refusal), code="locked") from refusal
        user = super().authenticate(request, **credentials)
        if user:
            login.forget_try(**tried)
        elif is_last:
            requests.tell_of_lock(email=tried["email"], at=timezone.now())
        return user
