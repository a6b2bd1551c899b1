"""The public keys of an identity provider, fetched from its JWKS URL. Needs the extra `identity`.

PyJWT's own client caches them, looks an unknown key id up again but not at every turn, and follows no redirects. It
blocks, so it has a thread of its own: the event loop runs graphs, and the default executor their nodes.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from jwt import PyJWK, PyJWKClient, PyJWKClientConnectionError, PyJWKClientError, PyJWTError

from orchestrator.errors import ConfigurationError, Outage, Refused

ALGORITHMS = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}
"""The algorithm for each type of key. There is none for `oct`: whoever can read a public key set could sign with it."""

LIFESPAN_SECONDS = 300
"""How long keys are taken from the cache, and so for how long a withdrawn one still counts."""
COOLDOWN_SECONDS = 10
"""How long after one fetch an unknown key id, which anybody can send, brings about no other."""
TIMEOUT_SECONDS = 5
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class KeySet:
    """The keys behind one URL.

    Args:
        url: `https://…`; plain `http` only on this machine, because whoever sits in between could put keys in.
        lifespan_seconds: How long they are cached.
        cooldown_seconds: How long after one fetch an unknown key id brings about no other.

    Raises:
        ConfigurationError: The URL is not one to trust. *Not retryable.*
    """

    def __init__(
        self, url: str, *, lifespan_seconds: float = LIFESPAN_SECONDS, cooldown_seconds: float = COOLDOWN_SECONDS
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ConfigurationError(f"ORCHESTRATOR_TOKEN_JWKS_URL={url!r}: keys must come by https://….")
        self.url = url
        self._client = _Client(
            url,
            lifespan=lifespan_seconds,
            cooldown_duration=cooldown_seconds,
            timeout=TIMEOUT_SECONDS,
            headers={"Accept": "application/json"},
        )
        # One thread, so that a hundred tokens with a new key fetch it once.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jwks")

    async def key(self, key_id: str) -> PyJWK:
        """The key of that id, for the one algorithm that goes with it.

        Raises:
            Refused: There is no such key, or it is not for signatures that are taken. *Not retryable.*
            Outage: The server does not answer, or not with keys. *Retryable.*
        """
        key = await asyncio.get_running_loop().run_in_executor(self._thread, self._find, key_id)
        if ALGORITHMS.get(key.key_type or "") != key.algorithm_name:
            raise Refused(f"The key {key_id!r} is for {key.algorithm_name}, which is not taken.")
        return key

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _find(self, key_id: str) -> PyJWK:
        try:
            return self._client.get_signing_key(key_id)
        except PyJWKClientConnectionError as error:
            raise Outage(f"The keys at {self.url} cannot be had: {error}. Is the identity provider up?") from error
        except PyJWKClientError as error:
            raise Refused(f"There is no key {key_id!r} at {self.url}.") from error


class _Client(PyJWKClient):
    def fetch_data(self) -> Any:
        """The key set. An answer without keys, such as a proxy's own page, is an outage too; what was cached stays."""
        try:
            return super().fetch_data()
        except PyJWKClientConnectionError:
            raise
        except (PyJWTError, ValueError, OSError) as error:
            raise PyJWKClientConnectionError(str(error)) from error
