from collections.abc import Awaitable, Callable
from typing import Any, TypedDict
from uuid import uuid4

import pytest
from langgraph.types import interrupt
from temporalio.client import Client

from orchestrator import ConfigurationError, Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.recovery.parking import parked, recover
from tests.support.graphs import chain
from tests.support.local import Handle, Local, application, audited, decide, open_tasks, output


class Before(TypedDict, total=False):
    amount: int
    note: str
    said: str


class After(TypedDict, total=False):
    amounts: list[int]
    said: str


def opens(_state: Any) -> Any:
    return {"note": "kept until it is migrated"}


def asks(_state: Any) -> Any:
    return {"said": f"{interrupt('First?')} and {interrupt('Second?')}"}


def adds(state: After) -> After:
    return {"amounts": [*state["amounts"], 1]}


def old_version(name: str) -> Orchestrator:
    app = application(work=chain(opens, asks, schema=Before))
    app.name = name
    return app


def new_version(name: str) -> tuple[Orchestrator, list[int]]:
    """The application, and how often its migration was run."""
    app = application(work=chain(asks, adds, schema=After))
    app.name = name
    runs: list[int] = []

    @app.migrate("work", when=lambda values: "amount" in values)
    def amount_to_amounts(values: dict[str, Any]) -> dict[str, Any]:
        runs.append(values["amount"])
        return {"amounts": [values["amount"]]}

    return app, runs


async def upgraded(client: Client, settings: Settings, then: Callable[[Handle, str], Awaitable[None]]) -> None:
    """A stage that has one answer of two, once the first version has been shut down."""
    queue = f"migration-{uuid4()}"
    async with worker(old_version(queue), client, settings):
        handle = await Local(client, queue).graph("work", {"amount": 5})
        await open_tasks(handle)
        await decide(handle, values="yes")
        await open_tasks(handle)
    await then(handle, queue)


@pytest.fixture
async def client(temporal: DevServer) -> Client:
    return await temporal.client()


@pytest.fixture
def settings(checkpoints: str) -> Settings:
    return Settings(checkpoints=checkpoints, drain_seconds=1)


async def test_runs_once_keeps_the_answers_given_and_stands_in_the_trail(client: Client, settings: Settings) -> None:
    async def goes_on(handle: Handle, queue: str) -> None:
        app, runs = new_version(queue)
        async with worker(app, client, settings):
            await decide(handle, values="no")
            assert await output(handle) == {"amounts": [5, 1], "said": "yes and no"}
            assert runs == [5]
            (entry,) = await audited(handle, "migrated")
            assert entry["detail"] == {"stage": "work", "by": ["amount_to_amounts"]}

    await upgraded(client, settings, goes_on)


async def test_that_raises_parks_the_stage_and_a_mended_one_goes_on(client: Client, settings: Settings) -> None:
    async def parks_first(handle: Handle, queue: str) -> None:
        app, _ = new_version(queue)

        @app.migrate("work", when=lambda _values: True)
        def breaks(_values: dict[str, Any]) -> dict[str, Any]:
            raise ArithmeticError("no")

        async with worker(app, client, settings):
            await decide(handle, values="no")
            stage = await parked(handle)
            assert "GraphChanged" in stage["error"]
            assert "ArithmeticError('no')" in stage["error"]
        app, runs = new_version(queue)
        async with worker(app, client, settings):
            await recover(handle, "retry")
            assert await output(handle) == {"amounts": [5, 1], "said": "yes and no"}
            assert runs == [5]

    await upgraded(client, settings, parks_first)


def test_that_is_for_no_graph_or_for_every_thread_is_refused() -> None:
    app = application(work=chain(asks, schema=Before))
    with pytest.raises(ConfigurationError, match="No graph named 'other'"):
        app.migrate("other", when=lambda _: True)
    with pytest.raises(ConfigurationError, match="needs from_fingerprint= or when="):
        app.migrate("work")
    app.migrate("work", when=lambda _: True, name="one")(dict)
    with pytest.raises(ConfigurationError, match="two migrations named 'one'"):
        app.migrate("work", from_fingerprint="0123456789abcdef", name="one")(dict)
