"""One HTTP POST, and what its answer means."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.notify.errors import AddressRefused, ChannelDown
from orchestrator.notify.wording import one_line

TRY_AGAIN = (408, 425, 429, *range(500, 600))
"""Request Timeout, Too Early, Too Many Requests, and whatever is the server's own fault."""
LONGEST_WAIT = timedelta(hours=1)
"""However long a `Retry-After` asks for."""
QUOTED = 200
"""Characters of an answer that go into the reason."""


def checked_url(url: str, what: str) -> str:
    """The URL, if something can be posted there.

    Raises:
        ConfigurationError: It cannot; the message does not show the URL, which may be a secret. *Not retryable.*
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not url.isprintable() or " " in url:
        raise ConfigurationError(f"The URL of {what} is not of the form https://host/path.")
    return url


def check_installed(what: str) -> None:
    """Raises: MissingExtra, *not retryable:* httpx is not installed."""
    try:
        import httpx  # noqa: F401
    except ImportError as error:
        raise MissingExtra(what, "webhooks") from error


async def post(url: str, body: bytes, headers: Mapping[str, str], *, what: str, within: timedelta) -> None:
    """Post JSON; returns once it was taken (2xx). Redirects are not followed.

    Raises:
        AddressRefused: 3xx, or 4xx but 408, 425 and 429. *Not retryable.*
        ChannelDown: Any other answer, or none. With a `Retry-After`, at most an hour. *Retryable.*
    """
    import httpx

    seconds = within.total_seconds()
    try:
        async with asyncio.timeout(seconds), httpx.AsyncClient(timeout=seconds) as client:
            response = await client.post(url, content=body, headers={"content-type": "application/json", **headers})
    except (httpx.HTTPError, TimeoutError) as error:
        raise ChannelDown(f"{what} does not answer: {type(error).__name__}: {error}".rstrip(": ")) from error
    if response.is_success:
        return
    reason = f"{what} answered {response.status_code}: {one_line(response.text[:QUOTED])}".rstrip(": ")
    if response.status_code in TRY_AGAIN:
        raise ChannelDown(reason, retry_after(response.headers.get("retry-after"), datetime.now(UTC)))
    raise AddressRefused(reason)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """How long a `Retry-After` header, in seconds or as a date, asks to wait; None if it does not say."""
    if value is None:
        return None
    try:
        seconds = float(value) if value.strip().isdigit() else (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError):  # malformed, or a date without a time zone
        return None
    return min(timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds())), LONGEST_WAIT) if seconds > 0 else None
