"""Bearer tokens in decisions: JSON Web Tokens that say who decides, bound to one workflow and one task.

A token travels in a signal or an update, so it stays readable in the workflow's history. Therefore it is bound, counts
once, and should expire within minutes.

PyJWT and not joserfc, which is as strict but has no JWKS client: PyJWT's caches, rotates and keeps its distance.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from orchestrator.calls import Admission
from orchestrator.errors import ConfigurationError, Refused
from orchestrator.identity import links
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from jwt import PyJWK

    from orchestrator.identity.jwks import KeySet

LEEWAY_SECONDS = 30
"""How far the clocks of the issuer and the worker may be apart."""

REQUIRED = ("iss", "aud", "exp", "sub", "jti", "workflow_id", "task_id")

SHARED = "HS256"
PUBLIC = ("RS256", "ES256", "EdDSA")

LIFETIME = timedelta(minutes=5)
"""Of a token that is minted here."""


class Verifier:
    """Tells whom a token names. A token of a kind for which there is no key is refused.

    Args:
        secret: The shared key of HS256 tokens, at least 32 bytes.
        keys: The public keys of all others.
        issuer: Who must have issued them; needed with either.
        audience: Whom they must be for; needed with either.
        groups_claim: Where they list the groups a person is in.
        link_secret: The key of signed links, at least 32 bytes.

    Raises:
        ConfigurationError: A secret is too short, or the issuer or the audience is missing. *Not retryable.*
        MissingExtra: The extra `identity` is not installed. *Not retryable.*
    """

    def __init__(
        self,
        *,
        secret: str | None = None,
        keys: "KeySet | None" = None,
        issuer: str | None = None,
        audience: str | None = None,
        groups_claim: str = "groups",
        link_secret: str | None = None,
    ) -> None:
        links.library()
        if (secret or keys) and not (issuer and audience):
            raise ConfigurationError(
                "With a key for tokens, set ORCHESTRATOR_TOKEN_ISSUER and ORCHESTRATOR_TOKEN_AUDIENCE too: a token for "
                "anybody else's service would count here."
            )
        self.issuer, self.audience, self.groups_claim = issuer, audience, groups_claim
        self._secret = links.checked_secret(secret, "ORCHESTRATOR_TOKEN_SECRET") if secret else None
        self._keys = keys
        self._link_secret = links.checked_secret(link_secret, "ORCHESTRATOR_LINK_SECRET") if link_secret else None

    async def verify(self, token: str, workflow_id: str) -> Admission:
        """What the token says, if it is good for this workflow.

        Raises:
            Refused: It is not; one line says why. *Not retryable.*
            Outage: The identity provider does not answer with its keys. *Retryable.*
        """
        with _explained(token):
            header, claims = self._peek(token)
            if claims.get("iss") == links.ISSUER:
                return self._of_link(token, workflow_id)
            key, algorithm = await self._key(header)
            claims = self._decoded(token, key, algorithm)
            if claims["workflow_id"] != workflow_id:
                raise Refused(f"The token is bound to another workflow: {claims['workflow_id']}.")
            return Admission(
                subject=claims["sub"],
                groups=self._groups(claims),
                task_id=claims["task_id"],
                token_id=claims["jti"],
                expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
            )

    async def person(self, token: str) -> tuple[str, list[str]]:
        """Whom a token names that is bound to no task, and the groups they are in: an access token.

        Raises:
            Refused: It is not good; one line says why. *Not retryable.*
            Outage: The identity provider does not answer with its keys. *Retryable.*
        """
        with _explained(token):
            header, claims = self._peek(token)
            if claims.get("iss") == links.ISSUER:
                raise Refused("A link is no access token.")
            key, algorithm = await self._key(header)
            claims = self._decoded(token, key, algorithm, needed=("iss", "aud", "exp", "sub"))
            return claims["sub"], self._groups(claims)

    def close(self) -> None:
        """Let go of the identity provider."""
        if self._keys is not None:
            self._keys.close()

    def _peek(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims before anything is verified: they only choose the key that must then fit."""
        found = links.library().decode_complete(token, options={"verify_signature": False})
        return found["header"], found["payload"]

    async def _key(self, header: dict[str, Any]) -> "tuple[str | PyJWK, str]":
        """The key for a token, and the one algorithm that goes with it: never what the token says alone."""
        algorithm = header.get("alg")
        if algorithm == SHARED:
            if self._secret is None:
                raise Refused("The token is signed with a shared key; to take it, set ORCHESTRATOR_TOKEN_SECRET.")
            return self._secret, SHARED
        if algorithm not in PUBLIC:
            raise Refused(f"The token's algorithm {algorithm!r} is not taken; {', '.join((SHARED, *PUBLIC))} are.")
        if self._keys is None:
            raise Refused(f"The token needs a public key ({algorithm}): set ORCHESTRATOR_TOKEN_JWKS_URL.")
        if not isinstance(header.get("kid"), str):
            raise Refused("The token does not name its key (kid).")
        key = await self._keys.key(header["kid"])
        return key, key.algorithm_name

    def _decoded(
        self, token: str, key: "str | PyJWK", algorithm: str, needed: Sequence[str] = REQUIRED
    ) -> dict[str, Any]:
        claims: dict[str, Any] = links.library().decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=self.issuer,
            audience=self.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": list(needed), "enforce_minimum_key_length": True},
        )
        for name in ("sub", "jti", "workflow_id", "task_id"):
            if name in needed and not _is_name(claims[name]):
                raise Refused(f"The token's claim {name} is no name.")
        return claims

    def _groups(self, claims: dict[str, Any]) -> list[str]:
        groups = claims.get(self.groups_claim, [])
        if not isinstance(groups, list) or not all(map(_is_name, groups)):
            raise Refused(f"The token's claim {self.groups_claim} is no list of names.")
        return groups

    def _of_link(self, token: str, workflow_id: str) -> Admission:
        if self._link_secret is None:
            raise Refused("Links cannot be verified here: set ORCHESTRATOR_LINK_SECRET on the workers too.")
        link = links.read(token, self._link_secret)
        if link.workflow_id != workflow_id:
            raise Refused(f"The link is bound to another workflow: {link.workflow_id}.")
        return Admission(
            subject=link.subject,
            groups=link.groups,
            task_id=link.task_id,
            action=link.action,
            token_id=link.link_id,
            expires_at=link.expires_at,
            link=True,
        )


def verifier(settings: Settings) -> Verifier | None:
    """The verifier that the settings ask for; None where they name no key at all.

    Raises:
        ConfigurationError: They make no sense. *Not retryable.*
        MissingExtra: The extra `identity` is not installed. *Not retryable.*
    """
    if not (settings.token_secret or settings.token_jwks_url or settings.link_secret):
        return None
    links.library()
    keys = None
    if settings.token_jwks_url:
        from orchestrator.identity.jwks import KeySet

        keys = KeySet(settings.token_jwks_url)
    return Verifier(
        secret=settings.token_secret.get_secret_value() if settings.token_secret else None,
        keys=keys,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        groups_claim=settings.token_groups_claim,
        link_secret=settings.link_secret.get_secret_value() if settings.link_secret else None,
    )


def mint(
    *,
    secret: str,
    issuer: str,
    audience: str,
    subject: str,
    workflow_id: str,
    task_id: str,
    groups: Sequence[str] = (),
    lifetime: timedelta = LIFETIME,
    groups_claim: str = "groups",
) -> str:
    """A token for one decision, signed with the shared key: for tests, and for a service that knows its users.

    Raises:
        ConfigurationError: The secret is too short. *Not retryable.*
        MissingExtra: The extra `identity` is not installed. *Not retryable.*
    """
    now = datetime.now(UTC)
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "workflow_id": workflow_id,
        "task_id": task_id,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": uuid4().hex,
        groups_claim: list(groups),
    }
    key = links.checked_secret(secret, "ORCHESTRATOR_TOKEN_SECRET")
    return str(links.library().encode(claims, key, algorithm=SHARED))


def _is_name(value: Any) -> bool:
    """JSON can say half a surrogate pair, and nothing could write the result down."""
    return isinstance(value, str) and value != "" and value.isprintable()


@contextlib.contextmanager
def _explained(token: str) -> Iterator[None]:
    """Raise Refused, in one line, for whatever PyJWT finds wrong."""
    jwt = links.library()
    try:
        yield
    except jwt.ExpiredSignatureError as error:
        raise Refused(f"The token expired{links.when_expired(token)}.") from error
    except jwt.InvalidSignatureError as error:
        raise Refused("The token's signature does not fit its key: it is forged, or another's.") from error
    except jwt.InvalidAudienceError as error:
        raise Refused("The token is for another audience.") from error
    except jwt.InvalidIssuerError as error:
        raise Refused("The token is another issuer's.") from error
    except jwt.ImmatureSignatureError as error:
        raise Refused("The token is not valid yet.") from error
    except jwt.MissingRequiredClaimError as error:
        raise Refused(f"The token has no claim {error.claim}.") from error
    except (jwt.PyJWTError, ValueError, OverflowError, OSError) as error:  # of a time that Python does not know, too
        raise Refused(f"The token is malformed: {str(error).partition(chr(10))[0]}.") from error
