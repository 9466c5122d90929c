"""A provider like ProConnect in the test process, with whims: it may lie, refuse, hang or fall silent."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, SECRET = "chorus", "secret-du-portail"


class Provider:
    """What it says of the person (`claims`), and how it errs.

    :param lies: by the name of an answer (« id_token », « userinfo »), claims that replace the true ones; none takes
        the claim away.
    :param broken: by path, an answer instead of the right one: a status, or a text.
    """

    def __init__(self) -> None:
        self.key, self.other_key = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self.claims = {
            "sub": "agent-1",
            "email": "claire@ville.example.org",
            "given_name": "Claire",
            "usual_name": "Vasseur",
            "siret": "21750001600019",
        }
        self.lies: dict[str, dict[str, Any]] = {}
        self.broken: dict[str, int | str] = {}
        self.forges: set[str] = set()  # answers signed by somebody else's key
        self.asked: dict[str, dict[str, str]] = {}  # what each code was asked with
        self.issuer = ""

    def description(self) -> dict[str, Any]:
        paths = ("authorize", "token", "userinfo", "jwks", "logout")
        authorize, token, userinfo, jwks, logout = (f"{self.issuer}/{path}" for path in paths)
        return {
            "issuer": self.issuer,
            "authorization_endpoint": authorize,
            "token_endpoint": token,
            "userinfo_endpoint": userinfo,
            "jwks_uri": jwks,
            "end_session_endpoint": logout,
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, url: str) -> dict[str, str]:
        """What the person brings back, having said who they are on the page where the portal sent them."""
        asked = {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, to who knows the secret and the verifier; a code serves once."""
        asked = self.asked.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if not asked or (form["client_id"], form["client_secret"]) != (CLIENT_ID, SECRET):
            return None
        if (challenge, form["redirect_uri"]) != (asked["code_challenge"], asked["redirect_uri"]):
            return None
        id_token = self.signed("id_token", sub=self.claims["sub"], nonce=asked["nonce"], acr=asked["acr_values"])
        return {"access_token": "jeton", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}

    def signed(self, name: str, **claims: Any) -> str:
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **claims, **self.lies.get(name, {})}
        told = {claim: value for claim, value in told.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "one"}, told, self.other_key if name in self.forges else self.key)


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        path, provider = urlsplit(self.path).path, self.provider
        if path == "/.well-known/openid-configuration":
            self.answer(path, json.dumps(provider.description()))
        elif path == "/jwks":
            self.answer(path, json.dumps({"keys": [provider.key.as_dict(private=False)]}))
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer jeton":
            self.answer(path, provider.signed("userinfo", **provider.claims))
        elif path == "/authorize":
            asked = parse_qs(urlsplit(self.path).query)
            self.lead_elsewhere(f"{asked['redirect_uri'][0]}?{urlencode(provider.authorize(self.path))}")
        elif path == "/logout":
            self.lead_elsewhere(parse_qs(urlsplit(self.path).query)["post_logout_redirect_uri"][0])
        elif path == "/elsewhere":
            self.lead(parse_qs(urlsplit(self.path).query)["to"][0])
        else:
            self.answer(path, "", 401)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        tokens = self.provider.token({name: value for name, [value] in parse_qs(body).items()})
        self.answer("/token", json.dumps(tokens or {"error": "invalid_grant"}), 200 if tokens else 400)

    def answer(self, path: str, text: str, status: int = 200) -> None:
        whim = self.provider.broken.get(path)
        status, text = (whim, "") if isinstance(whim, int) else (status, text if whim is None else whim)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())

    def lead_elsewhere(self, url: str) -> None:
        """ProConnect leads on to the person's own provider, of another origin."""
        self.lead(f"{self.provider.issuer.replace('127.0.0.1', 'localhost')}/elsewhere?{urlencode({'to': url})}")

    def lead(self, url: str) -> None:
        """The person said who they are, or leaves: the browser goes back to the portal."""
        self.send_response(302)
        self.send_header("Location", url)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def provider_of_identities() -> Iterator[Provider]:
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"provider": provider}))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()


def callback(given: dict[str, str]) -> str:
    return f"/comptes/proconnect/retour/?{urlencode(given)}"
