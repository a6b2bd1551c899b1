from collections.abc import AsyncIterator
from typing import Any

import pytest

from orchestrator.testing import time_skipping, worker
from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, Local, application, open_tasks, output, submit, until
from tests.tasks.desk import asking, recorded, told
from tests.tasks.test_signed_decisions import KEYS, token


def three(_state: Log) -> Log:
    return {"log": [ask(f"{number}?").comment for number in range(3)]}


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    graphs = {"three": chain(three), "two": asking(quorum=2), "form": asking(form={"type": "string"})}
    app = application(**graphs, signed=asking(identity="signed", quorum=2))
    async with time_skipping() as environment, worker(app, environment.client, KEYS):
        yield Local(environment.client, app.name, environment)


async def begun(local: Local, graph: str, *decisions: dict[str, Any], kept: int | None = None) -> Handle:
    """A paused workflow with decisions before its stage has begun; going on opens its task."""
    handle = await local.client.start_workflow(
        "GraphRun",
        {"graph": graph, "input": EMPTY},
        id="early",
        task_queue=local.queue,
        start_signal="pause",
        start_signal_args=[{"by": "op"}],
    )
    await until(handle, lambda status: status["state"] == "paused")
    for decision in decisions:
        await handle.signal("decide", decision)
    await recorded(handle, "kept", len(decisions) if kept is None else kept)
    await handle.signal("resume", {"by": "op"})
    return handle


def by(name: str, **fields: Any) -> dict[str, Any]:
    return {"action": "approve", "by": name, **fields}


async def test_are_kept_and_given_to_the_next_ones_in_order(local: Local) -> None:
    handle = await begun(local, "three", *(by("ann", comment=str(number)) for number in range(3)))
    assert await output(handle) == {"log": ["0", "1", "2"]}
    assert [line[0] for line in await told(handle, "kept", "opened", "decided")] == [
        *["kept"] * 3,
        *["opened", "decided"] * 3,
    ]


async def test_of_several_people_count_for_one_quorum(local: Local) -> None:
    handle = await begun(local, "two", by("ann"), by("ann"), by("bob"))
    assert (await output(handle))["log"][0]["decisions"] == ["ann approve", "bob approve"]
    assert await told(handle, "refused") == [("refused", "ann", "signal")]


async def test_that_do_not_fit_are_refused_then_and_the_question_stays_open(local: Local) -> None:
    handle = await begun(local, "form", by("ann", values=7), by("bob", values="fits"))
    (answer,) = (await output(handle))["log"]
    assert (answer["by"], answer["values"]) == ("bob", "fits")
    (line,) = await recorded(handle, "refused")
    assert "7 must be a text" in line["detail"]


async def test_without_a_token_where_one_is_needed_are_refused_then(local: Local) -> None:
    handle = await begun(local, "signed", by("ann"))
    (line,) = await recorded(handle, "refused")
    assert "signed decisions only" in line["detail"]
    assert len(await open_tasks(handle)) == 1


async def test_count_once_for_each_token(local: Local) -> None:
    class There:
        id = "early"

    mine: Any = There()
    used = token(mine, "signed-1")
    edit = {"action": "edit", "by": "bob", "values": {}, "token": token(mine, "signed-1", "bob")}
    handle = await begun(local, "signed", by("ann", token=used), edit, by("ann", token=used), kept=2)
    await open_tasks(handle)
    assert [line[1] for line in await told(handle, "decided")] == ["ann", "bob"]
    assert await told(handle, "refused") == [("refused", "ann", "signal")]
    await submit(handle, by="eve", token=token(mine, "signed-1", "eve"))
