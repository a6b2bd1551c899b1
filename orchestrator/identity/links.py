"""Signed links: one person may take one action on one task, once, until the link expires.

The link is the proof: whoever has it can use it. So it is bound to all of that, and short-lived.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args
from uuid import uuid4

from pydantic import Field

from orchestrator.errors import ConfigurationError, MissingExtra, Refused
from orchestrator.human import Action
from orchestrator.model import Record

if TYPE_CHECKING:
    from types import ModuleType

ISSUER = "hybrid-orchestrator"
AUDIENCE = "hybrid-orchestrator/links"
"""Both mark a token as a link's: a bearer token is never taken for one, nor a link for a bearer token."""

ALGORITHM = "HS256"
MIN_SECRET_BYTES = 32
"""As long as the digest that the key is for."""

REQUIRED = ("iss", "aud", "sub", "workflow_id", "task_id", "action", "exp", "iat", "jti")


class LinkExpired(Refused):
    """The link was good once. *Not retryable.*"""


class Link(Record):
    """What a link says, its signature verified."""

    subject: str
    groups: list[str] = Field(default_factory=list)
    workflow_id: str
    task_id: str
    action: Action
    link_id: str
    """It counts once."""
    expires_at: datetime


def signed_link(
    *,
    base_url: str,
    secret: str,
    workflow_id: str,
    task_id: str,
    action: str,
    subject: str,
    groups: Collection[str] = (),
    expires_at: datetime,
) -> str:
    """`{base_url}/links/{token}`, for the mail to one person. Another one each time.

    Args:
        base_url: Where `orchestrator serve` is reached from outside.
        secret: ORCHESTRATOR_LINK_SECRET, at least 32 bytes.
        workflow_id: Whose task it is.
        task_id: The task.
        action: The one action that it allows: `approve`, `reject`, `edit` or `respond`.
        subject: Who decides by it.
        groups: That they are in, without `group:`; a task with `identity="named"` counts them.
        expires_at: An aware datetime.

    Raises:
        ConfigurationError: The secret is too short. *Not retryable.*
        MissingExtra: The extra `identity` is not installed. *Not retryable.*
        ValueError: `expires_at` has no time zone, or there is no such action. *Not retryable.*
    """
    if action not in get_args(Action):
        raise ValueError(f"There is no action {action!r}; there are {', '.join(get_args(Action))}.")
    if expires_at.tzinfo is None:
        raise ValueError(f"expires_at={expires_at.isoformat()} has no time zone; give an aware datetime.")
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "groups": sorted(groups),
        "workflow_id": workflow_id,
        "task_id": task_id,
        "action": action,
        "exp": int(expires_at.timestamp()),
        "iat": int(datetime.now(UTC).timestamp()),
        "jti": uuid4().hex,
    }
    token = library().encode(claims, checked_secret(secret, "ORCHESTRATOR_LINK_SECRET"), algorithm=ALGORITHM)
    return f"{base_url.rstrip('/')}/links/{token}"


def read(token: str, secret: str) -> Link:
    """What a link's token says.

    Raises:
        LinkExpired: It was good until a moment ago, or long ago. *Not retryable.*
        Refused: It is no link of ours; the message says why. *Not retryable.*
    """
    jwt = library()
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], issuer=ISSUER, audience=AUDIENCE, options={"require": list(REQUIRED)}
        )
        return Link(
            subject=claims["sub"],
            groups=claims.get("groups", []),
            workflow_id=claims["workflow_id"],
            task_id=claims["task_id"],
            action=claims["action"],
            link_id=claims["jti"],
            expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
        )
    except jwt.ExpiredSignatureError as error:
        raise LinkExpired(f"The link expired{when_expired(token)}.") from error
    except (jwt.PyJWTError, ValueError, OverflowError, OSError) as error:  # of a time that Python does not know, too
        raise Refused("The link is not valid.") from error


def when_expired(token: str) -> str:
    """` at 2026-01-31 12:00:00 UTC`, of a token whose signature was verified."""
    try:
        expiry = library().decode(token, options={"verify_signature": False})["exp"]
        return f" at {datetime.fromtimestamp(int(expiry), UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):  # before the first year that Python knows
        return ""


def checked_secret(secret: str, variable: str) -> str:
    """The secret, if it is long enough.

    Raises:
        ConfigurationError: It is not. The message does not show it. *Not retryable.*
    """
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise ConfigurationError(
            f"{variable} has {len(secret.encode())} bytes; it needs at least {MIN_SECRET_BYTES}, at random: "
            "`openssl rand -base64 48` makes one."
        )
    return secret


def library() -> "ModuleType":
    """PyJWT.

    Raises:
        MissingExtra: The extra `identity` is not installed. *Not retryable.*
    """
    try:
        import cryptography  # noqa: F401 - PyJWT does without, and then knows no RS256
        import jwt
    except ImportError as error:
        raise MissingExtra("A signed link or token", "identity") from error
    return jwt
