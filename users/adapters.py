"""How allauth speaks to our operations."""

import base64
from typing import Any

from allauth.account import stages
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from chorus_org.kernel.common.identifiers import canonical_email
from chorus_org.kernel.common.typed import KEPT, is_over
from users import notifications
from users.login import devices, sessions
from users.login.allauth_private import LoginCodeVerificationProcess
from users.login.proconnect import GIVEN, ID_TOKEN
from users.login.security import client_address, log
from users.login.sessions import device
from users.models import User
from users.operations import login, requests
from users.operations.second_factor.codes import CodeRefused, send_code
from users.second_factor import has_factor

# What a session keeps of a login: the account as it was, and whether it was never opened before
BEGUN_AS, FIRST = "login_begun_as", "login_is_first"
THEIRS = ("_", "account_", "mfa")  # what Django and allauth keep of a login
KEPT_OF_A_SESSION = (sessions.BEGUN, sessions.ID, sessions.SEEN, sessions.FROM)
LOCALHOST = "127.0.0.1"


WRONG = "Identifiant ou mot de passe incorrect. Vérifiez-les, ou choisissez «\u00a0Mot de passe oublié\u00a0?\u00a0»."
WORDS = {
    "account_inactive": WRONG,
    "email_password_mismatch": WRONG,
    "incorrect_code": "Ce code n’est pas le bon. Vérifiez-le, puis saisissez-le de nouveau.",
    "incorrect_password": "Ce n’est pas votre mot de passe. Saisissez-le de nouveau.",  # pragma: allowlist secret
    "invalid_login": WRONG,
    "too_many_login_attempts": "Trop d’essais. Attendez une heure, ou choisissez un nouveau mot de passe.",
    "rate_limited": "Trop d’essais en peu de temps. Attendez quelques minutes, puis recommencez.",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | WORDS

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our pages show what happened (« Bonjour … », a page without a session)."""

    def send_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> None:
        """Refuse every mail of allauth's: ours leave with the decision they tell (`users.notifications`)."""
        raise ImproperlyConfigured(f"allauth wanted to send {template_prefix}")

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a login may lead there; what is no address at all leads nowhere."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address; where no proxy knows it (« unknown »), that of the proxy itself."""
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            return request.META.get("REMOTE_ADDR") or LOCALHOST

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Look at the password, unless too many tries failed (`users.operations.login`)."""
        email = canonical_email(credentials["email"])
        owner = User.objects.filter(email=email).only("public_id").first()
        known = bool(owner) and devices.is_known(request, owner)
        tried = {"email": email, "address": self.get_client_ip(request), "known": known}
        try:
            locked_until = login.count_try(**tried, at=timezone.now())
        except login.LoginRefused as refusal:
            log("login.password_locked", request)
            raise ValidationError(str(refusal), code="locked") from refusal
        user = super().authenticate(request, **credentials)
        log(f"login.password_{'accepted' if user else 'refused'}", request, account=user)
        if user:
            login.forget_try(**tried)
        elif locked_until:
            requests.tell_of_lock(email=tried["email"], until=locked_until, at=timezone.now())
        return user

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Remember the account as it was when its password was given: a code opens no other (`is_as_it_was`)."""
        request.session[BEGUN_AS] = _looks(user)
        request.session[FIRST] = user.last_login is None
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Tell the owner of a browser that has never opened their account; the very first one is theirs."""
        log("login.done", request, account=user)
        _leave_behind(request, user, linking=kwargs.get("redirect_url") == reverse("account_proconnect"))
        response = super().post_login(request, user, **kwargs)
        is_first = request.session.pop(FIRST, False)
        if not is_first and not devices.is_known(request, user):
            where = {"device": device(request.headers.get("User-Agent", "")), "address": client_address(request)}
            notifications.new_device(user, **where, at=timezone.now())
        devices.remember(request, response, user)
        return response

    def get_login_stages(self) -> list[str]:
        """After the password: the code by mail, or that of the application."""
        return ["users.adapters.LoginByCodeStage", "allauth.mfa.stages.AuthenticateStage"]

    def is_login_by_code_required(self, login: Login) -> bool:
        return settings.SECOND_FACTOR_REQUIRED and not has_factor(login.user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Leave it to `users.views.reauthentication`: allauth asks nothing of who has no password."""
        return False


class LoginByCodeStage(stages.LoginByCodeStage):
    """The code by mail. Where none may leave yet, the page of the code says from when one may be asked for."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not get_adapter().is_login_by_code_required(self.login):
            return None, True
        code = ""
        try:
            code = send_code(user=user, at=timezone.now())
        except CodeRefused as refusal:
            messages.warning(self.request, str(refusal))
        started = LoginCodeVerificationProcess.initial_state(user=user, email=user.email)
        self.state.update(started, code=code, initiated_by_user=False)
        return redirect(self.urlname), True


class SecondFactorAdapter(DefaultMFAAdapter):
    """What the applications are made of is kept encrypted, under the secret of the installation."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WORDS["incorrect_code"]}

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _leave_behind(request: HttpRequest, user: User, *, linking: bool) -> None:
    """Forget what the browser brought before the login: a link, a mailbox, somebody's answer of ProConnect.

    What was typed by this very person follows, and what they log in to link.
    """
    following = {BEGUN_AS, FIRST, ID_TOKEN, *(KEPT_OF_A_SESSION), *((GIVEN,) if linking else ())}
    if (kept := request.session.get(KEPT)) and not is_over(kept, user):
        following.add(KEPT)
    for name in list(request.session.keys()):
        if name not in following and not name.startswith(THEIRS):
            del request.session[name]


def is_as_it_was(request: HttpRequest, user: User) -> bool:
    """Whether the account that a login waits for has still its password, its address and its state."""
    return constant_time_compare(request.session.get(BEGUN_AS, ""), _looks(user))


def _looks(user: User) -> str:
    return salted_hmac("users.login", f"{user.password} {user.email} {user.state}", algorithm="sha256").hexdigest()


def _fernet() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [salted_hmac("users.second_factor", "", secret=one, algorithm="sha256").digest() for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
