"""Where a DynamoDB table is, from a checkpointer's URL."""

import re
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode, urlsplit

from orchestrator.errors import ConfigurationError

FORM = "dynamodb://TABLE?region=eu-central-1"
TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says; the rest is up to AWS's own settings."""

    table: str
    region: str | None = None
    endpoint: str | None = None
    """Of another server than AWS's, or of a VPC endpoint."""
    bucket: str | None = None
    """Of S3: where large values go."""

    @classmethod
    def of(cls, url: str) -> "Address":
        """The address in a URL.

        Raises:
            ConfigurationError: It names no table, or has an option that is none. *Not retryable.*
        """
        parts = urlsplit(url)
        if not TABLE.fullmatch(parts.netloc) or parts.path.strip("/"):
            raise ConfigurationError(f"{url!r} names no table; write {FORM}.")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        known = [field.name for field in fields(cls)][1:]
        if unknown := sorted(set(options) - set(known)):
            raise ConfigurationError(f"{url!r}: there is no option {unknown[0]!r}; there are {', '.join(known)}.")
        return cls(parts.netloc, **{key: value for key, value in options.items() if value})

    @property
    def name(self) -> str:
        """The same wherever it is reached from: by an endpoint of a network's own, say."""
        return f"dynamodb://{self.table}" + (f"?{urlencode({'region': self.region})}" if self.region else "")

    def __str__(self) -> str:
        return f"DynamoDB table {self.table!r} at {self.endpoint or self.region or 'the region of AWS_REGION'}"
