"""Names that say so are masked, and whatever looks like a secret anywhere."""

import io
import json
import logging
from typing import Any

import pytest
import structlog

from orchestrator import logs
from orchestrator.secrets.redact import redacted
from orchestrator.settings import Settings


def logged(message: str, *, settings: Settings | None = None, error: Exception | None = None, **said: Any) -> str:
    stream = io.StringIO()
    logs.configure(settings or Settings(log_format="json"), stream)
    structlog.get_logger("test").warning(message, exc_info=error, **said)
    logging.getLogger("library").warning("%s, says a library", message)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://app:hunter2@db/main", "postgresql://***@db/main"),
        ("postgresql://db/main?user=app&password=hunter2", "postgresql://db/main?user=app&password=***"),
        ("connect host=db password=hunter2 port=1", "connect host=db password=*** port=1"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer ***"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl expired", "token *** expired"),
        ("sk-proj-0123456789abcdef is a key", "*** is a key"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://***"),
        ("2026-11:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=", "***"),
        ("https://example.com/a?b=c said 200 after 12:30", "https://example.com/a?b=c said 200 after 12:30"),
        ("loan-17/0a1b2c3d/check@9", "loan-17/0a1b2c3d/check@9"),
    ],
)
def test_whatever_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    assert redacted(text) == shown
    assert json.dumps(shown)[1:-1] in logged(text)


def test_names_that_say_so_are_masked_at_any_depth() -> None:
    said = logged("x", api_key="one", request={"headers": [{"X-Auth-Token": "two"}], "password": {"is": "three"}})
    assert not {"one", "two", "three"} & set(said.replace('"', " ").split())
    assert '"total_tokens": 17' in logged("x", usage={"total_tokens": 17})


def test_further_names_are_a_setting() -> None:
    given = Settings(log_format="json", log_redact=["iban"])
    assert "DE02" not in logged("x", settings=given, customer_iban="DE02120300000000202051")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_is_masked_too(log_format: str) -> None:
    try:
        int("password=hunter2")
    except ValueError as error:
        said = logged("failed", settings=Settings(log_format=log_format), error=error)
    assert "ValueError" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_messages_of_errors_are_hidden_where_payloads_are_encrypted(log_format: str) -> None:
    given = Settings(log_format=log_format, log_errors="bare")
    value = "12" + "x34"
    try:
        try:
            int(value)
        except ValueError as error:
            raise RuntimeError(f"cannot read {value}") from error
    except RuntimeError as error:
        said = logged(f"failed: {error}", settings=given, error=error, why=error)
    ours = said.partition("says a library")[0].rpartition(f"failed: cannot read {value}")[0]
    assert "builtins.RuntimeError" in ours
    assert "builtins.ValueError" in ours
    assert "test_logs_show_no_secrets.py" in ours
    assert value not in ours
