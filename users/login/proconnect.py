"""ProConnect, the portal through which public agents identify themselves (domain, 11): a second door, behind settings.

It tells who is there, and no more: who has no account opens one as everybody, the second factor is asked as always.
Authlib does the conversation (state, nonce, PKCE); what ProConnect says of the person is a signed token.
"""

import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from chorus_org.kernel.common.identifiers import canonical_email
from chorus_org.kernel.common.refusals import Refusal
from chorus_org.kernel.common.text import composed, is_unreadable

logger = logging.getLogger(__name__)

SCOPE = "openid given_name usual_name email siret"
LEVEL, LEVELS = "eidas1", ["eidas1", "eidas2", "eidas3"]  # asked, and accepted
TIMEOUT = 5  # seconds an answer
SIGNATURES = ["RS256", "ES256", "PS256"]
KEPT = timedelta(minutes=30)
GIVEN, ID_TOKEN = "proconnect_given", "proconnect_id_token"  # what the session keeps
BROKEN = (AuthlibBaseError, JoseError, RequestException, ValueError, LookupError, TypeError, RuntimeError)


class ProConnectRefused(Refusal):
    """ProConnect did not tell who is there, or we do not believe it."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status  # type: ignore[misc]


@dataclass(frozen=True)
class Given:
    """What ProConnect says of a person; the name of an account is `issuer` and `subject`, nothing else."""

    issuer: str
    subject: str
    email: str = ""
    last_name: str = ""
    first_name: str = ""
    siret: str = ""

    @classmethod
    def read(cls, claims: dict[str, Any]) -> Self:
        """What the claims of a signed token say, without what nobody could have typed here."""
        try:
            email = canonical_email(str(claims.get("email", "")))
        except ValidationError:
            email = ""
        return cls(
            issuer=settings.PROCONNECT_ISSUER,
            subject=claims["sub"],
            email=email,
            last_name=_text(claims.get("usual_name"), 100),
            first_name=_text(claims.get("given_name"), 100),
            siret=_text(claims.get("siret"), 14),
        )

    @classmethod
    def kept(cls, request: HttpRequest, *, at: datetime) -> Self | None:
        """What the session keeps of the last half hour."""
        kept = request.session.get(GIVEN)
        return cls(**kept["given"]) if kept and at.timestamp() - kept["at"] <= KEPT.total_seconds() else None

    def keep(self, request: HttpRequest, *, at: datetime) -> None:
        request.session[GIVEN] = {"given": asdict(self), "at": at.timestamp()}


def is_open() -> bool:
    return bool(settings.PROCONNECT_CLIENT_ID)


def begin(request: HttpRequest) -> str:
    """The address of ProConnect where the person says who they are; the session keeps what their return must match.

    :raises ProConnectRefused: it does not answer (502).
    """
    try:
        return _client().authorize_redirect(request, _address("proconnect_return"), acr_values=LEVEL).url
    except BROKEN as error:
        raise _unheard(error) from error


def finish(request: HttpRequest) -> Given:
    """Who came back from ProConnect: the state is of this session, the nonce and both signatures are right.

    :raises ProConnectRefused: the person gave up, or came from elsewhere (400); ProConnect does not answer, or what
        it says is not for us (502).
    """
    if "error" in request.GET:
        raise _given_up()
    client = _client()
    ours = {"iss": {"essential": True, "value": settings.PROCONNECT_ISSUER}}
    ours["aud"] = {"essential": True, "value": settings.PROCONNECT_CLIENT_ID}
    ours["acr"] = {"essential": True, "values": LEVELS}
    try:
        token = client.authorize_access_token(request, claims_options=ours)
        answer = client.get(client.server_metadata["userinfo_endpoint"], token=token)
        answer.raise_for_status()
        claims = _signed(client, answer.text)
        if claims["sub"] != token["userinfo"]["sub"]:
            raise ValueError("another subject")
        request.session[ID_TOKEN] = token["id_token"]
        return Given.read(claims)
    except MismatchingStateError as error:
        raise _given_up() from error
    except BROKEN as error:
        raise _unheard(error) from error


def leave(id_token: str) -> str | None:
    """The address where ProConnect ends its own session, which then leads home; none if it does not answer."""
    try:
        return _client().create_logout_url(post_logout_redirect_uri=_address("home"), id_token_hint=id_token)["url"]
    except BROKEN:
        return None


def _client() -> Any:
    own = settings.PROCONNECT_ISSUER, settings.PROCONNECT_CLIENT_ID, settings.PROCONNECT_CLIENT_SECRET
    return _registered(*own, hour=int(time.time() // 3600))


@lru_cache(maxsize=1)
def _registered(issuer: str, client_id: str, client_secret: str, *, hour: int) -> Any:
    """The client of that provider, which reads its description and its keys once an hour."""
    return OAuth().register(
        "proconnect",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_post",
            "default_timeout": TIMEOUT,
            "leeway": 0,  # a token of ProConnect lives 60 seconds, and is used at once
        },
    )


def _signed(client: Any, text: str) -> dict[str, Any]:
    """The claims of a token that ProConnect signed for us."""
    claims = jwt.decode(text, KeySet.import_key_set(client.fetch_jwk_set()), algorithms=SIGNATURES).claims
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.PROCONNECT_ISSUER},
        aud={"essential": True, "value": settings.PROCONNECT_CLIENT_ID},
        sub={"essential": True},
    ).validate(claims)
    return claims


def _given_up() -> ProConnectRefused:
    return ProConnectRefused(
        "ProConnect n’a pas confirmé qui vous êtes. Recommencez, ou connectez-vous avec votre mot de passe.",
        status=400,
    )


def _unheard(error: Exception) -> ProConnectRefused:
    """Say that it cannot be, and tell operators why, in no words of the outside (security, 16.4.1)."""
    logger.warning("ProConnect: %s", type(error).__name__)
    return ProConnectRefused(
        "ProConnect ne répond pas comme prévu. Connectez-vous avec votre mot de passe, ou recommencez plus tard.",
        status=502,
    )


def _address(name: str) -> str:
    return f"{settings.SITE_URL}{reverse(name)}"


def _text(value: Any, length: int) -> str:
    text = composed(value.strip()) if isinstance(value, str) else ""
    return "" if is_unreadable(text) or len(text) > length else text
