"""A workflow goes on as it began, whatever the worker that takes it over is configured to."""

import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from langgraph.types import interrupt
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from orchestrator import Orchestrator
from orchestrator.activity.resolve import Resolver
from orchestrator.calls import ChannelInfo
from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.workflow import GraphRun
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Builder, Log, chain, says
from tests.support.local import QUICK_RETRIES, Handle, Local, application, decide, failure, open_tasks, output

FLAGS = {"search_attributes": True, "since_attribute": True}
FAILING = {"on_failure": "fail", "human": {"due": "P1D", "on_due": "fail"}}
CHANNEL = ChannelInfo(name="mail", events=["opened", "parked"])
KNOWN, UNKNOWN, FAILS = application(work=chain(says("a"))), application(), Orchestrator("tests", options=FAILING)
FAILS.graph(chain(says("a")), name="work")
OTHERS = {
    "the same": Resolver(KNOWN, **FLAGS),
    "without search attributes": Resolver(KNOWN, search_attributes=False),
    "without OrchSince": Resolver(KNOWN, search_attributes=True),
    "with a channel": Resolver(KNOWN, channels=[CHANNEL], **FLAGS),
    "with other options": Resolver(FAILS, **FLAGS),
    "without the graph": Resolver(UNKNOWN, **FLAGS),
}


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


def away(_state: Log) -> Log:
    raise ConnectionError("away")


@contextlib.asynccontextmanager
async def deployed(temporal: DevServer, graph: Builder, *, search_attributes: bool) -> AsyncIterator[Local]:
    """A worker of the graph, called `work`."""
    app = application(work=graph)
    app.name = f"tests-{uuid4()}"
    client = await temporal.client()
    settings = Settings(checkpoints="memory://", search_attributes=search_attributes, drain_seconds=1)
    async with worker(app, client, settings):
        yield Local(client, app.name)


async def replay_by_all(handle: Handle) -> None:
    """Have workers of every configuration replay it."""
    history = await handle.fetch_history()
    for name, resolver in OTHERS.items():
        replayer = Replayer(
            workflows=[GraphRun],
            interceptors=[resolver],
            data_converter=DATA_CONVERTER,
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        replayed = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        assert replayed.replay_failure is None, name


@pytest.mark.parametrize("search_attributes", [True, False])
async def test_replays_what_has_been_answered(temporal: DevServer, search_attributes: bool) -> None:
    async with deployed(temporal, chain(says("a"), asks), search_attributes=search_attributes) as local:
        handle = await local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle, values="yes")
        await output(handle)
        await replay_by_all(handle)


@pytest.mark.parametrize("search_attributes", [True, False])
async def test_replays_what_was_parked_and_aborted(temporal: DevServer, search_attributes: bool) -> None:
    async with deployed(temporal, chain(away), search_attributes=search_attributes) as local:
        handle = await local.graph("work", EMPTY, options={"retry": QUICK_RETRIES})
        await parked(handle)
        await recover(handle, "abort")
        await failure(handle)
        await replay_by_all(handle)


async def test_replays_what_has_failed_at_once(temporal: DevServer) -> None:
    async with deployed(temporal, chain(away), search_attributes=True) as local:
        handle = await local.graph("no such graph", EMPTY)
        assert (await failure(handle)).type == "BadInput"
        await replay_by_all(handle)


async def test_costs_a_stage_no_event_but_for_its_search_attributes(temporal: DevServer) -> None:
    async with deployed(temporal, chain(says("a"), says("b")), search_attributes=True) as local:
        handle = await local.graph("work", EMPTY)
        await handle.result()
        events = [EventType.Name(event.event_type) for event in (await handle.fetch_history()).events]
    beside = "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"
    assert events.count(beside) == 1
    assert len(events) == 11 + 1, events
