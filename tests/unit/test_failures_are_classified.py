import sqlite3
from typing import Any

import aiohttp
import httpx
import psycopg
import pytest
import requests
from langgraph.errors import EmptyInputError, GraphRecursionError, InvalidUpdateError, NodeTimeoutError
from yarl import URL

from orchestrator.activity.failures import classify, to_application_error
from orchestrator.errors import Outage, ThreadLost

REQUEST = httpx.Request("GET", "https://bureau.example")


def http(status: int) -> httpx.HTTPStatusError:
    return httpx.HTTPStatusError(f"{status}", request=REQUEST, response=httpx.Response(status, request=REQUEST))


def aio(status: int) -> aiohttp.ClientResponseError:
    info = aiohttp.RequestInfo(URL("https://bureau.example"), "GET", None, URL())  # type: ignore[arg-type]
    return aiohttp.ClientResponseError(info, (), status=status)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class RateLimitError(Exception):
    """As openai and anthropic call it."""


RETRYABLE = {
    "a refused connection": (ConnectionRefusedError("refused"), "Outage"),
    "a time-out": (TimeoutError(), "Outage"),
    "httpx: no connection": (httpx.ConnectError("no route", request=REQUEST), "Outage"),
    "httpx: too slow": (httpx.ReadTimeout("slow", request=REQUEST), "Outage"),
    "httpx: 500": (http(500), "Outage"),
    "httpx: 503": (http(503), "Outage"),
    "httpx: 429": (http(429), "Outage"),
    "aiohttp: 502": (aio(502), "Outage"),
    "requests: no connection": (requests.ConnectionError("no route"), "Outage"),
    "a rate limit": (RateLimitError("slow down"), "Outage"),
    "a database that is away": (psycopg.OperationalError("terminating connection"), "Outage"),
    "a locked SQLite file": (sqlite3.OperationalError("database is locked"), "Outage"),
    "an outage in a wrapper": (caused(RuntimeError("no score"), http(503)), "Outage"),
    "an outage in what looks like a bug": (caused(KeyError("score"), ConnectionResetError()), "Outage"),
    "an outage two wrappers deep": (caused(OSError(), caused(RuntimeError(), TimeoutError())), "Outage"),
    "langgraph: a node's own time-out": (NodeTimeoutError("slow", 1.0, kind="idle", idle_timeout=1.0), "NodeTimeout"),
    "httpx: 404": (http(404), "NodeFailed"),
    "aiohttp: 403": (aio(403), "NodeFailed"),
    "something else": (RuntimeError("who knows"), "NodeFailed"),
    "a value that a library did not like": (ValueError("odd"), "NodeFailed"),
    "a constraint of a database": (psycopg.errors.UniqueViolation("twice"), "NodeFailed"),
}
FINAL = {
    "a type error": (TypeError("'int' object is not callable"), "UserCodeError"),
    "a missing key": (KeyError("score"), "UserCodeError"),
    "a missing attribute": (AttributeError("no score"), "UserCodeError"),
    "an unknown name": (NameError("name 'scroe' is not defined"), "UserCodeError"),
    "a missing module": (ModuleNotFoundError("No module named 'scores'"), "UserCodeError"),
    "an assertion": (AssertionError(), "UserCodeError"),
    "a division by zero": (ZeroDivisionError("division by zero"), "UserCodeError"),
    "langgraph: too many steps": (GraphRecursionError("Recursion limit of 25 reached"), "RecursionLimit"),
    "langgraph: two writers": (InvalidUpdateError("can receive only one value per step"), "InvalidUpdate"),
    "langgraph: nothing to start with": (EmptyInputError("no input"), "BadInput"),
    "ours": (ThreadLost("gone"), "ThreadLost"),
}
TABLE = [(name, *row, True) for name, row in RETRYABLE.items()] + [(name, *row, False) for name, row in FINAL.items()]


@pytest.mark.parametrize(("error", "kind", "again"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_by_name_and_by_whether_trying_again_helps(error: Exception, kind: str, again: Any) -> None:
    failed = to_application_error(classify(error, "review"))
    assert (failed.type, not failed.non_retryable) == (kind, again)


def test_a_message_is_one_line_that_names_the_graph_and_the_cause() -> None:
    failed = classify(caused(RuntimeError("no score\nTraceback …"), ConnectionError("refused")), "review")
    assert isinstance(failed, Outage)
    assert str(failed) == "Graph 'review': a service failed: RuntimeError: no score Traceback …"


def test_a_chain_of_causes_that_bites_its_tail_is_classified_all_the_same() -> None:
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    assert type(classify(first, "review")).__name__ == "NodeFailed"
