"""The codec server: Temporal's Web UI and command line have it encrypt and decrypt payloads, for those who may."""

import functools
import hmac
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI, Request
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.middleware.cors import CORSMiddleware
from temporalio.api.common.v1 import Payloads

from orchestrator.connect import DEFAULT_NAMESPACE
from orchestrator.errors import ConfigurationError, KeyMissing, Outage, Refused, SealBroken
from orchestrator.identity.tokens import Verifier
from orchestrator.secrets.codec import EncryptionCodec
from orchestrator.secrets.configured import keyring
from orchestrator.serve import problems
from orchestrator.serve.access_log import AccessLog
from orchestrator.serve.body import read, strict_json
from orchestrator.serve.problems import Problem
from orchestrator.settings import Settings

LIMIT_BYTES = 32 * 1024 * 1024
"""Of a request: a page of a history."""
MIN_TOKEN_CHARACTERS = 32
NAMESPACES = 64
"""Of as many the keys are remembered."""


class Readers:
    """Who may decrypt.

    Args:
        settings: The shared token, and who may with a token of the identity provider.
        verifier: Knows the identity provider.

    Raises:
        ConfigurationError: Nobody, or anybody. *Not retryable.*
    """

    def __init__(self, settings: Settings, verifier: Verifier | None) -> None:
        self._token = settings.codec_token.get_secret_value() if settings.codec_token else None
        self._readers = frozenset(settings.codec_readers)
        self._verifier = verifier if self._readers else None
        if self._token is not None and len(self._token) < MIN_TOKEN_CHARACTERS:
            raise ConfigurationError(f"ORCHESTRATOR_CODEC_TOKEN is under {MIN_TOKEN_CHARACTERS} characters long.")
        if self._readers and verifier is None:
            raise ConfigurationError(
                "ORCHESTRATOR_CODEC_READERS needs the keys of tokens too: set ORCHESTRATOR_TOKEN_JWKS_URL, "
                "ORCHESTRATOR_TOKEN_ISSUER and ORCHESTRATOR_TOKEN_AUDIENCE."
            )
        if self._token is None and self._verifier is None:
            raise ConfigurationError(
                "Everybody could decrypt everything: set ORCHESTRATOR_CODEC_TOKEN, or ORCHESTRATOR_CODEC_READERS and "
                "the keys of tokens."
            )

    async def check(self, authorization: str | None) -> None:
        """Let a request pass.

        Raises:
            Problem: 401: it has no token, or none that is good. 403: its person may not. 503: the identity provider
                does not answer.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unknown("There is no bearer token.")
        if self._token is not None and hmac.compare_digest(token.encode(), self._token.encode()):
            return
        if self._verifier is None:
            raise _unknown("The token is not the right one.")
        try:
            subject, groups = await self._verifier.person(token)
        except Refused as error:
            raise _unknown(str(error)) from error
        except Outage as error:
            raise problems.away(error) from error
        if self._readers.isdisjoint({subject, *(f"group:{group}" for group in groups)}):
            raise Problem(HTTPStatus.FORBIDDEN, f"{subject} is none of ORCHESTRATOR_CODEC_READERS.")


class Door:
    """What both requests have in common."""

    def __init__(self, settings: Settings, readers: Readers) -> None:
        self._settings = settings
        self._readers = readers
        self._codec = functools.lru_cache(maxsize=NAMESPACES)(self._made)

    async def answer(self, request: Request, way: Literal["encode", "decode"]) -> dict[str, Any]:
        """The payloads of a request, converted.

        Raises:
            Problem: Whatever is wrong with them.
        """
        await self._readers.check(request.headers.get("authorization"))
        payloads = _payloads(await read(request, LIMIT_BYTES)).payloads
        try:
            codec = self._codec(request.headers.get("x-namespace", DEFAULT_NAMESPACE))
            found = await (codec.decode(payloads) if way == "decode" else codec.encode(payloads))
        except ConfigurationError as error:
            raise Problem(HTTPStatus.NOT_FOUND, str(error)) from error
        except KeyMissing as error:
            raise problems.away(error) from error
        except SealBroken as error:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        return MessageToDict(Payloads(payloads=found))

    def _made(self, namespace: str) -> EncryptionCodec:
        keys = keyring(self._settings, namespace)
        if keys is None:
            raise no_keys()
        return EncryptionCodec(keys)


def create_codec_app(settings: Settings, verifier: Verifier | None) -> FastAPI:
    """The ASGI application.

    Raises:
        ConfigurationError: There are no keys, any page may ask, or nobody or everybody may decrypt. *Not retryable.*
    """
    if not settings.encrypts:
        raise no_keys()
    door = Door(settings, Readers(settings, verifier))
    app = FastAPI(title="orchestrator codec-server", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(AccessLog)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins(settings),
        allow_methods=["POST"],
        allow_headers=["authorization", "content-type", "x-namespace"],
    )
    problems.register(app)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/decode")
    async def decode(request: Request) -> dict[str, Any]:
        return await door.answer(request, "decode")

    @app.post("/encode")
    async def encode(request: Request) -> dict[str, Any]:
        return await door.answer(request, "encode")

    return app


def no_keys() -> ConfigurationError:
    """The error of a codec server that has nothing to decrypt with."""
    return ConfigurationError(
        "There are no keys to decrypt with: set ORCHESTRATOR_ENCRYPTION_KEYS, ORCHESTRATOR_ENCRYPTION_KEYS_FILE or "
        "ORCHESTRATOR_ENCRYPTION_KEY_SOURCE."
    )


def origins(settings: Settings) -> list[str]:
    """The web pages that may ask: those named, else the Web UI's.

    Raises:
        ConfigurationError: Any page may. *Not retryable.*
    """
    named = settings.codec_origins or ([settings.web_ui_url] if settings.web_ui_url else [])
    if "*" in named:
        raise ConfigurationError("ORCHESTRATOR_CODEC_ORIGINS=*: any page could ask; name the Web UI's origin.")
    return ["/".join(url.split("/", 3)[:3]) for url in named]


def _payloads(body: bytes) -> Payloads:
    try:
        return ParseDict(strict_json(body), Payloads())
    except (ValueError, ParseError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f'The body is not {{"payloads": [...]}}: {error}') from error


def _unknown(why: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, why, {"WWW-Authenticate": "Bearer"})
