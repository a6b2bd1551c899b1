"""From whatever a graph raised to a named failure that says whether to try again, and what to do."""

import re
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
from orchestrator.markdown import one_line
from orchestrator.model import reasons
from orchestrator.questions import QuestionChanged

NAMED: tuple[tuple[type[Exception], type[GraphFailure], str], ...] = (
    (GraphRecursionError, RecursionLimit, "Raise options.recursion_limit, or mend the graph's loop."),
    (InvalidUpdateError, InvalidUpdate, "Give the key a reducer, or mend the node."),
    (EmptyInputError, BadInput, "No input was given, or none of the graph's keys."),
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
    SystemExit,
    KeyboardInterrupt,
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

NODE = re.compile(r"During task with name '(.*)' and id '")
LONGEST = 500
"""Characters of an error's message."""
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = range(500, 600)


def classify(error: BaseException, graph: str) -> GraphFailure:
    """The failure that `error` amounts to. Causes are looked through, so a wrapped outage is still an outage."""
    if isinstance(error, GraphFailure):
        return error
    where = _where(error, graph)
    for kind, failure, advice in NAMED:
        if isinstance(error, kind):
            return failure(f"{where}: {_said(error).rstrip('.')}. {advice}".rstrip())
    if isinstance(error, ValidationError) and any(note.startswith("Before task") for note in _notes(error)):
        return InvalidUpdate(f"Graph {graph!r}: the state does not fit its schema: {reasons(error)}. Mend the node.")
    if _is_outage(error):
        return Outage(f"{where}: a service failed: {_described(error)}")
    if isinstance(error, BUGS):
        return UserCodeError(
            f"{where} has a bug: {_described(error)}. Deploy a fix, then `orchestrator recover` goes on from the "
            "failed node."
        )
    return NodeFailed(f"{where} raised {_described(error)}")


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
        if isinstance(current, BaseExceptionGroup) and any(map(_is_outage, current.exceptions)):
            return True
        current = current.__cause__
    return False


def _where(error: BaseException, graph: str) -> str:
    """The graph, and the node as LangGraph notes it on the error: of subgraphs, the inner one first."""
    nodes = [found[1] for note in _notes(error) if (found := NODE.match(note))]
    return f"Graph {graph!r}, node {' > '.join(reversed(nodes))!r}" if nodes else f"Graph {graph!r}"


def _notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {_said(error)}".rstrip(": ")


def _said(error: BaseException) -> str:
    """Its message, on one line."""
    if isinstance(error, ValidationError):
        return reasons(error)
    if isinstance(error, BaseExceptionGroup):
        return one_line(f"{error.message}: {'; '.join(map(_described, error.exceptions))}", LONGEST)
    return one_line(str(error), LONGEST)
