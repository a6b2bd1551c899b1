"""Checkpointer URLs, checked where they are written down. No driver is loaded here."""

import re
from urllib.parse import urlsplit

from orchestrator.errors import ConfigurationError

SCHEMES = ("memory", "sqlite", "postgresql", "redis", "rediss", "dynamodb")
ALIASES = {"postgres": "postgresql", "valkey": "redis", "valkeys": "rediss"}
USER_INFO = re.compile(r"^(?!sqlite:)([^/]*//).*@")
"""To the last @: a password that nobody has escaped may hold anything."""
SECRET = re.compile(r"(?<=[?&])(?:ssl)?password=[^&]*&?")


def without_password(url: str) -> str:
    """The URL as it may be shown: without user and password, however little sense it makes otherwise."""
    return SECRET.sub("", USER_INFO.sub(r"\1", url)).rstrip("?&")


def check_url(url: str) -> str:
    """The URL in its canonical form, if some store answers to it.

    Raises:
        ConfigurationError: Its scheme is unknown, or it names no file. *Not retryable.*
    """
    parts = urlsplit(url)
    if (scheme := ALIASES.get(parts.scheme)) is not None:
        return check_url(scheme + url[len(parts.scheme) :])
    if parts.scheme not in SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        shown = without_password(url)
        raise ConfigurationError(f"Unknown checkpointer scheme {parts.scheme!r} in {shown!r}; known are {known}.")
    if parts.scheme == "sqlite" and not parts.path.removeprefix("/"):
        raise ConfigurationError(f"{url!r} names no file; write sqlite:///relative.db or sqlite:////absolute.db.")
    if parts.scheme == "dynamodb" and not parts.netloc:
        raise ConfigurationError(f"{url!r} names no table; write dynamodb://TABLE?region=eu-central-1.")
    if parts.scheme in ("redis", "rediss") and parts.hostname is None:
        raise ConfigurationError(f"{without_password(url)!r} names no host; write redis://host:6379/0.")
    return url
