"""What is encrypted is never taken for what it says: it fails by name, is tried again, and goes on once the key is
there."""

from base64 import b64encode
from pathlib import Path
from typing import TypedDict
from uuid import uuid4

import pytest
from langgraph.graph import END, START, StateGraph

from orchestrator import Orchestrator, testing
from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.values import keep_if_large, load
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.errors import KeyMissing, SealBroken
from orchestrator.settings import Settings
from orchestrator.waits import wait_for
from orchestrator.wire import Recovery
from tests.secrets.conftest import KEY

OTHER = f"other:{b64encode(b'2' * 32).decode()}"


class State(TypedDict, total=False):
    name: str


def hear(state: State) -> State:
    wait_for("go")
    return {"name": state["name"].upper()}


def application(checkpoints: str) -> Orchestrator:
    app = Orchestrator("without-keys", checkpointer=checkpoints)
    graph = StateGraph(State).add_node("hear", hear).add_edge(START, "hear").add_edge("hear", END)
    app.graph(graph, name="hear", options={"retry": {"maximum_attempts": 1}})
    return app


@pytest.mark.parametrize(
    ("keys", "says"), [(None, "there are no keys here"), (OTHER, "Key 'test-1' of namespace 'default' is not known")]
)
async def test_a_stage_parks_and_goes_on_with_the_key(
    keys: str | None, says: str, temporal: DevServer, tmp_path: Path
) -> None:
    """Payloads in clear, so that the workflow can say what is wrong."""
    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    client, app, name = await temporal.client(), application(checkpoints), f"keys-{tmp_path.name}"
    ours = OrchestratorClient(client, task_queue=app.name, checkpoints=checkpoints)
    served, handle = testing.Served(client, app.name, None), client.get_workflow_handle(name)
    known = Settings(encryption_keys=KEY, drain_seconds=1)
    async with testing.worker(app, client, known):
        await ours.start_graph("hear", {"name": "ann"}, id=name)
        await served.until(handle, lambda status: status.state == "waiting")
    async with testing.worker(app, client, Settings(encryption_keys=keys, drain_seconds=1)):
        await handle.signal("event", {"name": "go"})
        status = await served.until(handle, lambda status: status.state == "parked")
        assert says in (status.stages[0].error or "")
        assert (status.stages[0].error or "").startswith("KeyMissing")
    async with testing.worker(app, client, known):
        await ours.recover(name, Recovery(action="retry", by="ann", reason="the key is there"))
        assert (await ours.result(name))["output"] == {"name": "ANN"}


async def test_a_value_needs_its_key_and_its_place(checkpoints: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    async with open_store(checkpoints) as store:
        await store.setup()
        _, ref = await keep_if_large(store, "thread/output", "x" * 300_000)
        assert ref is not None
        sealed = await store.inner.get_value("thread/output")  # type: ignore[attr-defined]
        await store.inner.put_value("thread/other", sealed)  # type: ignore[attr-defined]
        with pytest.raises(SealBroken, match="stands at value / thread/other"):
            await store.get_value("thread/other")
    assert await load(checkpoints, ref) == "x" * 300_000
    monkeypatch.delenv("ORCHESTRATOR_ENCRYPTION_KEYS")
    with pytest.raises(KeyMissing, match="no keys here"):
        await load(checkpoints, ref)


@pytest.mark.parametrize("keys", [None, OTHER])
async def test_a_client_says_which_key_it_lacks(
    keys: str | None, temporal: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    client, name = OrchestratorClient(await temporal.client()), f"keys-{uuid4()}"
    await client.start_graph("hear", {"name": "ann"}, id=name)
    await client.cancel(name)
    if keys is None:
        monkeypatch.delenv("ORCHESTRATOR_ENCRYPTION_KEYS")
    else:
        monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", keys)
    converter = (await temporal.client()).data_converter
    [started, *_] = [event async for event in client.temporal.get_workflow_handle(name).fetch_history_events()]
    with pytest.raises(KeyMissing, match=r"[kK]ey 'test-1'"):
        await converter.decode(started.workflow_execution_started_event_attributes.input.payloads)
