"""Logs without secrets in them: values are masked under names that say so, and anywhere if they look like one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from structlog.types import EventDict, Processor, WrappedLogger

MASK = "***"
NAMES = (
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "private_key",
)
"""What a name has in it whose value is masked."""
HARMLESS = re.compile(r"(?:^|_)(?:tokens|token_(?:count|usage|type)|\w*_tokens)$")
"""Names of a language model's tokens: numbers."""
DEPTH = 6
"""Of nested values; what is deeper is masked whole."""
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s@]*@"), rf"\1{MASK}@"),  # user and password of a URL
    (re.compile(r"(?i)([?&;](?:\w*(?:password|secret|token|key|signature|sig))=)[^&\s'\"]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(password|passwd|secret|api[_-]?key)(\s*[=:]\s*)['\"]?[^\s'\",;&}]+['\"]?"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"), MASK),  # a JSON Web Token
    (re.compile(r"\b(?:sk|pk|rk)[-_][\w-]{16,}"), MASK),  # OpenAI's, Anthropic's, Stripe's
    (re.compile(r"\bwhsec_[\w+/=]{8,}"), MASK),  # Standard Webhooks'
    (re.compile(r"\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com/services/\S+"), MASK),  # Slack's
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),  # AWS's
    (re.compile(r"\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})"), MASK),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    (re.compile(r"(?<![\w+/=])[\w.-]{1,64}:[A-Za-z0-9+/]{43}=(?![\w+/=])"), MASK),  # one of our encryption keys
)
"""What looks like a secret, wherever it stands."""


def redacted(text: str) -> str:
    """The text, with all that looks like a secret masked."""
    for pattern, shown in PATTERNS:
        text = pattern.sub(shown, text)
    return text


def redactor(more: Iterable[str] = ()) -> Processor:
    """A processor of structlog's, for the end of a chain: after tracebacks have become text.

    Args:
        more: Further names whose values are masked; each counts wherever it is part of one.
    """
    words = tuple(name.lower() for name in (*NAMES, *more))

    def is_secret(name: str) -> bool:
        lower = name.lower().replace("-", "_")
        return any(word in lower for word in words) and not HARMLESS.search(lower)

    def masked(value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return redacted(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth == DEPTH:
            return MASK
        if isinstance(value, Mapping):
            return {
                key: MASK if is_secret(str(key)) and part else masked(part, depth + 1) for key, part in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [masked(part, depth + 1) for part in value]
        return redacted(str(value))

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {
            key: MASK if is_secret(key) and value else value if key.startswith("_") else masked(value, 0)
            for key, value in event.items()
        }

    return redact
