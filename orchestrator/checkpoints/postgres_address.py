"""Where a PostgreSQL database is, for messages: never with its password."""

import re
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from orchestrator.errors import ConfigurationError, StoreUnavailable

CONNECT_TIMEOUT_SECONDS = 10
"""For how long a connection is waited for, unless the URL says otherwise with libpq's `connect_timeout`."""
PREPARED_STATEMENTS = re.compile(r"(?<=[?&])prepared_statements=([^&]*)&?")
"""Our own option in a URL: `false` for a pooler that does not know of them."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL, the PG* variables and libpq's own defaults come to."""

    host: str
    port: str
    database: str
    connect_timeout_seconds: int = CONNECT_TIMEOUT_SECONDS

    @classmethod
    def of(cls, url: str) -> "Address | None":
        """None if there is no telling which part of the URL is which: then any of them may be of the password."""
        defaults = {option.keyword.decode(): option.val.decode() for option in Conninfo.get_defaults() if option.val}
        try:
            options = {key: str(value) for key, value in (defaults | conninfo_to_dict(url)).items()}
            address = cls(
                options.get("host") or options.get("hostaddr") or "the local socket",
                options.get("port", ""),
                options.get("dbname") or options.get("user", ""),
                int(options.get("connect_timeout") or 0) or CONNECT_TIMEOUT_SECONDS,
            )
        except (psycopg.Error, ValueError):
            return None
        torn = "@" in address.host or "@" in address.database or not address.port.replace(",", "").isdigit()
        return None if torn else address

    def __str__(self) -> str:
        return f"{self.host}:{self.port}, database {self.database!r}"


def split_options(url: str) -> tuple[str, bool]:
    """The URL as libpq takes it, and whether statements may be prepared.

    Raises:
        ConfigurationError: Our option is neither true nor false. *Not retryable.*
    """
    found = PREPARED_STATEMENTS.search(url)
    if found is None:
        return url, True
    if found[1] not in ("true", "false"):
        raise ConfigurationError(f"prepared_statements={found[1]!r} in a postgresql:// URL: write true or false.")
    return PREPARED_STATEMENTS.sub("", url).rstrip("?&"), found[1] == "true"


def unavailable(address: Address | None, reason: object) -> StoreUnavailable:
    """The error that says what did not answer, and what the driver said, in one line."""
    if address is None:
        return StoreUnavailable(
            "PostgreSQL does not answer at the checkpointer's URL, which is malformed and therefore not shown: write "
            "postgresql://user:password@host:5432/database, with '@', ':', '/' and '%' inside the user and the "
            "password percent-encoded."
        )
    return StoreUnavailable(f"PostgreSQL at {address} does not answer: {' '.join(str(reason).split())}")
