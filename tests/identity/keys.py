"""Keys, tokens, and a real server of public keys."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from orchestrator.identity.jwks import KeySet
from orchestrator.identity.tokens import Verifier

SECRET = "a shared secret of more than thirty-two bytes"
LINK_SECRET = "another secret, for links, of thirty-two bytes"
ISSUER = "https://id.example.org"
AUDIENCE = "loans"

PRIVATE: dict[str, Any] = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token, some of them changed; None takes one away."""
    now = datetime.now(UTC)
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ann",
        "workflow_id": "loan-1",
        "task_id": "task-1",
        "groups": ["underwriters"],
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "jti": uuid4().hex,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def shared(key: str = SECRET, /, **changed: Any) -> str:
    """A token signed with a shared key."""
    return jwt.encode(claims(**changed), key, algorithm="HS256")


def signed(algorithm: str, key_id: str | None = None, **changed: Any) -> str:
    """A token signed with a private key."""
    headers = {"kid": key_id or algorithm}
    return jwt.encode(claims(**changed), PRIVATE[algorithm], algorithm=algorithm, headers=headers)


def public(algorithm: str, key_id: str | None = None) -> dict[str, Any]:
    """The JWK of a public key."""
    kind = jwt.get_algorithm_by_name(algorithm)
    return {**json.loads(kind.to_jwk(PRIVATE[algorithm].public_key())), "kid": key_id or algorithm, "use": "sig"}


def verifier(keys: KeySet | None = None, secret: str | None = SECRET) -> Verifier:
    """A verifier of all kinds of tokens."""
    return Verifier(secret=secret, keys=keys, issuer=ISSUER, audience=AUDIENCE, link_secret=LINK_SECRET)


class KeyServer:
    """An identity provider's JWKS URL; what it answers may change."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/keys"
        self.keys: list[dict[str, Any]] = [public(algorithm) for algorithm in PRIVATE]
        self.page: str | None = None
        self.fetched = 0
        self.slow = asyncio.Event()
        self.slow.set()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Come up, on the same port each time."""
        application = web.Application()
        application.router.add_get("/keys", self._answer)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        """Go down."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, _request: web.Request) -> web.Response:
        self.fetched += 1
        await self.slow.wait()
        if self.page is not None:
            return web.Response(text=self.page, content_type="text/html")
        return web.json_response({"keys": self.keys})


@contextlib.asynccontextmanager
async def key_server() -> AsyncIterator[KeyServer]:
    """A running one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = KeyServer(port)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def key_set(server: KeyServer, **options: float) -> AsyncIterator[KeySet]:
    """The keys of a server."""
    keys = KeySet(server.url, **options)
    try:
        yield keys
    finally:
        keys.close()
