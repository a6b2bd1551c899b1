"""From whatever a graph raised to a named failure that says whether to try again, and what to do."""

import sqlite3
from typing import Any

from langgraph.errors import EmptyInputError, GraphRecursionError, InvalidUpdateError, NodeTimeoutError
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from orchestrator.errors import (
    BadInput,
    GraphChanged,
    GraphFailure,
    InvalidUpdate,
    NodeFailed,
    NodeTimeout,
    Outage,
    RecursionLimit,
    UserCodeError,
)
from orchestrator.model import reasons
from orchestrator.questions import QuestionChanged

NAMED: tuple[tuple[type[Exception], type[GraphFailure], str], ...] = (
    (GraphRecursionError, RecursionLimit, "Raise options.recursion_limit, or mend the graph's loop."),
    (InvalidUpdateError, InvalidUpdate, "Give the key a reducer, or mend the node."),
    (EmptyInputError, BadInput, "The start input has none of the graph's keys."),
    (NodeTimeoutError, NodeTimeout, ""),
    (
        QuestionChanged,
        GraphChanged,
        "Its node was changed under this stage. Deploy one that asks in the same order and retry, or rewind or abort.",
    ),
)
"""LangGraph's own exceptions, what they are to us, and what to do."""

BUGS = (
    TypeError,
    AttributeError,
    NameError,
    ImportError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
)
"""What would be raised again by the same call: programming errors of a node."""

OUTAGES = frozenset(
    {
        "TransportError",  # httpx, elasticsearch
        "ConnectionError",  # the built-in, requests, redis
        "Timeout",  # requests
        "ClientConnectionError",  # aiohttp
        "ServerTimeoutError",  # aiohttp
        "APIConnectionError",  # openai, anthropic
        "RateLimitError",  # openai, anthropic
        "InternalServerError",  # openai, anthropic
        "OperationalError",  # psycopg, sqlite3, SQLAlchemy
        "InterfaceError",  # psycopg, SQLAlchemy
        "SMTPServerDisconnected",  # smtplib, aiosmtplib
        "SMTPConnectError",
    }
)
"""Class names of network and service failures, by whichever library: none of these is a dependency of ours."""

TOO_MANY_REQUESTS = 429
SERVER_ERRORS = range(500, 600)


def classify(error: BaseException, graph: str) -> GraphFailure:
    """The failure that `error` amounts to. Causes are looked through, so a wrapped outage is still an outage."""
    if isinstance(error, GraphFailure):
        return error
    what = f"{_first_line(error).rstrip('.')}."
    for kind, failure, advice in NAMED:
        if isinstance(error, kind):
            return failure(f"Graph {graph!r}: {what} {advice}".rstrip())
    if isinstance(error, ValidationError) and any(note.startswith("Before task") for note in _notes(error)):
        return InvalidUpdate(f"Graph {graph!r}: the state does not fit its schema: {reasons(error)}. Mend the node.")
    if _is_outage(error):
        return Outage(f"Graph {graph!r}: a service failed: {_described(error)}")
    if isinstance(error, BUGS):
        return UserCodeError(
            f"Graph {graph!r} has a bug: {_described(error)}. Deploy a fix, then `orchestrator recover` goes on from "
            "the failed node."
        )
    return NodeFailed(f"Graph {graph!r}: a node raised {_described(error)}")


def to_application_error(failure: GraphFailure, *details: Any) -> ApplicationError:
    """The failure as Temporal carries it; the class name is the failure type."""
    return ApplicationError(str(failure), *details, type=type(failure).__name__, non_retryable=not failure.retryable)


def _is_outage(error: BaseException) -> bool:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        if isinstance(current, ConnectionError | TimeoutError | sqlite3.OperationalError):
            return True
        if any(base.__name__ in OUTAGES for base in type(current).__mro__):
            return True
        status = getattr(getattr(current, "response", None), "status_code", None) or getattr(current, "status", None)
        if isinstance(status, int) and (status in SERVER_ERRORS or status == TOO_MANY_REQUESTS):
            return True
        current = current.__cause__
    return False


def _notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {_first_line(error)}".rstrip(": ")


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
