"""Markers in whatever a process handles, and a search for them in every file, row and line that it leaves.

Without keys the same search finds all of them: so it looks in the right places.
"""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, TypedDict

import psycopg
import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from temporalio.client import Client, WorkflowFailureError

from orchestrator import Orchestrator, logs, testing
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import dev_server
from orchestrator.settings import load
from orchestrator.waits import ask, wait_for
from orchestrator.wire import Decision
from tests.secrets.conftest import KEY

MARKS = (
    "input",
    "text",
    "object",
    "metadata",
    "memory",
    "title",
    "payload",
    "answer",
    "comment",
    "event",
    "result",
    "large",
    "error",
    "reason",
)
HELD = {"input", "text", "object", "metadata", "memory", "title", "payload", "answer", "event", "result", "large"}
TOLD = {"input", "title", "payload", "answer", "comment", "event", "result", "error", "reason"}
"""What stands in the history."""
PATIENCE_SECONDS = 20
LARGE = 300 * 1024


def mark(name: str) -> str:
    return f"marker<{name}>of-this-test"


class State(TypedDict, total=False):
    given: str
    text: str
    thing: dict[str, str]
    answer: str
    event: Any
    result: str
    large: str


async def begin(state: State, runtime: Runtime[None]) -> State:
    assert runtime.store is not None
    await runtime.store.aput(("customers",), "ann", {"note": mark("memory")})
    found = await runtime.store.asearch(("customers",), filter={"note": mark("memory")})
    assert [item.key for item in found] == ["ann"]
    return {"text": mark("text"), "thing": {"in": mark("object")}}


def question(state: State) -> State:
    answer = ask(mark("title"), description="Please", payload={"what": mark("payload")}, assignees=["ann"])
    return {"answer": str(answer.values)}


def listen(state: State) -> State:
    return {"event": wait_for("reply")}


def end(state: State) -> State:
    return {"result": mark("result"), "large": mark("large") + "x" * LARGE}


def give(state: State) -> State:
    return {"result": mark("result")}


def fail(state: State) -> State:
    raise ValueError(mark("error"))


def application(checkpoints: str) -> Orchestrator:
    good = StateGraph(State).add_node("begin", begin).add_node("question", question).add_node("listen", listen)
    good.add_node("end", end).add_edge(START, "begin").add_edge("begin", "question").add_edge("question", "listen")
    good.add_edge("listen", "end").add_edge("end", END)
    small = StateGraph(State).add_node("give", give).add_edge(START, "give").add_edge("give", END)
    bad = StateGraph(State).add_node("fail", fail).add_edge(START, "fail").add_edge("fail", END)
    app = Orchestrator("secrets", checkpointer=checkpoints)
    app.graph(good.compile().with_config({"metadata": {"customer": mark("metadata")}}), name="good")
    app.graph(small, name="small")
    app.graph(bad, name="bad", options={"on_failure": "fail", "retry": {"maximum_attempts": 1}})
    return app


@contextlib.asynccontextmanager
async def lived(client: Client, checkpoints: str) -> AsyncIterator[tuple[OrchestratorClient, list[bytes]]]:
    """Both graphs have run to their end, and the worker is still there; the histories."""
    app = application(checkpoints)
    settings = load().model_copy(update={"checkpoints": checkpoints, "drain_seconds": 1})
    async with testing.worker(app, client, settings):
        ours = OrchestratorClient(client, task_queue=app.name, checkpoints=checkpoints)
        await ours.start_graph("good", {"given": mark("input")}, id="good")
        served = testing.Served(client, app.name, None)
        handle = client.get_workflow_handle("good")
        await served.until(handle, lambda status: status.tasks == 1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (heads := await ours.inbox("ann")):
                await asyncio.sleep(0.05)
        assert [task.title for task in heads] == [mark("title")]
        answer = Decision(action="approve", values=mark("answer"), comment=mark("comment"), by="ann")
        await ours.decide("good", answer)
        await handle.signal("event", {"name": "reply", "payload": mark("event")})
        output = (await ours.result("good"))["output"]
        assert (output["result"], output["answer"], output["event"]) == (mark("result"), mark("answer"), mark("event"))
        assert output["large"].startswith(mark("large"))
        await ours.start_graph("small", {}, id="small")
        assert (await ours.result("small"))["output"]["result"] == mark("result")
        await ours.start_graph("bad", {}, id="bad")
        with pytest.raises(WorkflowFailureError) as failed:
            await client.get_workflow_handle("bad").result()
        assert mark("error") in str(failed.value.cause)
        await ours.start_graph("good", {"given": ""}, id="paused")
        await client.get_workflow_handle("paused").signal("pause", {"by": "ann", "reason": mark("reason")})
        await served.until(client.get_workflow_handle("paused"), lambda status: status.state == "paused")
        ids = ("good", "small", "bad", "paused")
        histories = [await client.get_workflow_handle(name).fetch_history() for name in ids]
        yield ours, [event.SerializeToString() for history in histories for event in history.events]


def found(pieces: Iterable[bytes]) -> set[str]:
    whole = b"\0".join(pieces)
    return {name for name in MARKS if mark(name).encode() in whole}


def files(path: Path) -> list[bytes]:
    """A database with its log: `x.db`, `x.db-wal`, or a folder."""
    everything = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return [file.read_bytes() for file in everything if file.is_file()]


def rows(url: str) -> list[bytes]:
    """Every row of a PostgreSQL database as text, bytes unpacked."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET bytea_output = 'escape'")
        connection.execute("CHECKPOINT")
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        every = psycopg.sql.SQL("SELECT t::text FROM {} AS t")
        queries = [every.format(psycopg.sql.Identifier(name)) for (name,) in tables]
        return [row[0].encode() for query in queries for row in connection.execute(query).fetchall()]


def kept(url: str) -> list[bytes]:
    """All that a checkpointer has, as rows and as files."""
    if url.startswith("sqlite"):
        return files(Path(url.removeprefix("sqlite:///")))
    with psycopg.connect(url) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()
    assert folder is not None
    return rows(url) + files(Path(folder[0]) / "pg_wal") + files(Path(folder[0]) / "base")


@pytest.mark.parametrize("encrypted", [True, False])
async def test_nothing_is_left_in_clear(
    encrypted: bool,
    checkpoints: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if encrypted:
        monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
        monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_REQUIRED", "true")
    log = io.StringIO()
    logs.configure(load().model_copy(update={"log_level": "debug"}), log)
    async with dev_server(db=tmp_path / "temporal.db", headless=True) as server:
        async with lived(await server.client(), checkpoints) as (_, events):
            history, database = found(events), found(kept(checkpoints))
        temporal = found(files(tmp_path / "temporal.db"))
    said = found([log.getvalue().encode()])
    if encrypted:
        assert (history, database, temporal, said) == (set(), set(), set(), set())
    else:
        assert history >= TOLD
        assert database >= HELD
        assert temporal >= TOLD
        assert said >= {"error"}
