"""A security key in software: what a browser and a key answer together (WebAuthn, level 2, « none » attestation)."""

import json
import os
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

SITE = "testserver"


class SoftKey:
    """One key, which counts its signatures; `counter` and `origin` may be made to lie."""

    def __init__(self, *, origin: str = f"https://{SITE}", counts: bool = True) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.origin, self.counts, self.counter = origin, counts, 0

    def create(self, options: dict[str, Any]) -> str:
        """Make the pair, for a page that adds a key."""
        public = ES256.from_cryptography_key(self.private.public_key())
        made = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = self._data(AuthenticatorData.FLAG.AT, made)
        attestation = AttestationObject.create("none", data, {})
        client = self._client(CollectedClientData.TYPE.CREATE, options)
        return self._answer(client, {"attestationObject": websafe_encode(attestation)})

    def get(self, options: dict[str, Any]) -> str:
        """Sign the challenge, for a page that asks for a key."""
        data, client = self._data(), self._client(CollectedClientData.TYPE.GET, options)
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            client, {"authenticatorData": websafe_encode(data), "signature": websafe_encode(signature)}
        )

    def _data(self, flags: int = 0, made: AttestedCredentialData | None = None) -> AuthenticatorData:
        self.counter += self.counts
        present = AuthenticatorData.FLAG.UP | flags
        return AuthenticatorData.create(sha256(SITE.encode()).digest(), present, self.counter, made or b"")

    def _client(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        challenge = websafe_decode(options["publicKey"]["challenge"])
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, client: CollectedClientData, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        told = {"clientDataJSON": websafe_encode(client), **response}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": told, "clientExtensionResults": {}}
        )
