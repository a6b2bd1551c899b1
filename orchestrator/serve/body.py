"""Request bodies: limited while they come in, and strict JSON."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import Request
from pydantic_core import from_json

from orchestrator.serve.problems import Problem


async def read(request: Request, limit: int) -> bytes:
    """The whole body, of at most `limit` bytes.

    Raises:
        Problem: 413: it says that it is longer, or goes on after so many bytes.
    """
    too_large = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is over {limit} bytes; that is the most taken.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


def check_media_type(request: Request, *wanted: str) -> None:
    """Refuse a body of another kind.

    Args:
        request: The request.
        wanted: Media types; `+json` stands for all that end so.

    Raises:
        Problem: 415.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not any(given == one or (one.startswith("+") and given.endswith(one)) for one in wanted):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type is {given!r}; {wanted[0]} is wanted.")


def strict_json(data: bytes | str) -> Any:
    """The value, if every parser reads it alike: no NaN, no infinity, no half surrogate pairs, no 200 levels.

    Raises:
        ValueError: It is no such JSON.
    """
    value = from_json(data, allow_inf_nan=False)
    json.dumps(value, allow_nan=False)  # 1e999 is infinity too
    return value
