from pathlib import Path
from typing import Any

from langgraph.types import interrupt

from orchestrator.checkpoints.open import open_store
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Log, Node, chain, says
from tests.support.local import decide, open_tasks, output, refusal, serving
from tests.support.stores import SERDE


def marks(folder: Path, name: str) -> Node:
    def node(_state: Log) -> Log:
        with (folder / name).open("a") as file:
            file.write("x")
        return {"log": [name]}

    node.__name__ = name
    return node


async def history(url: str, thread_id: str) -> dict[int, str]:
    """The ids of a thread's checkpoints, by step."""
    async with open_store(url) as store:
        config: Any = {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}
        saved = [one async for one in store.saver(None, SERDE).alist(config)]
    return {one.metadata["step"]: one.checkpoint["id"] for one in saved}


async def test_everything_after_the_checkpoint_runs_again_and_nothing_before_it(
    tmp_path: Path, checkpoints: str
) -> None:
    def fails_twice(_state: Log) -> Log:
        with (tmp_path / "tried").open("a") as file:
            file.write("x")
        if (tmp_path / "tried").stat().st_size < 2:
            raise KeyError("not yet")
        return {"log": ["went"]}

    graph = chain(marks(tmp_path, "one"), marks(tmp_path, "two"), fails_twice)
    async with serving(checkpoints=checkpoints, work=graph) as local:
        handle = await local.graph("work", EMPTY)
        stage = await parked(handle)
        steps = await history(checkpoints, stage["thread_id"])
        await recover(handle, "rewind", checkpoint_id=steps[1])
        assert await output(handle) == {"log": ["one", "two", "went"]}
        assert (tmp_path / "one").read_text() == "x"
        assert (tmp_path / "two").read_text() == "xx"


async def test_what_was_asked_after_it_is_asked_again(checkpoints: str) -> None:
    def asks(_state: Log) -> Log:
        return {"log": [interrupt("Well?")]}

    def only_good(state: Log) -> Log:
        if state["log"][-1] != "good":
            raise KeyError(state["log"][-1])
        return {"log": ["end"]}

    async with serving(checkpoints=checkpoints, work=chain(says("one"), asks, only_good)) as local:
        handle = await local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle, values="bad")
        stage = await parked(handle)
        steps = await history(checkpoints, stage["thread_id"])
        await recover(handle, "rewind", checkpoint_id=steps[1])
        await open_tasks(handle)
        await decide(handle, values="good")
        assert await output(handle) == {"log": ["one", "good", "end"]}


async def test_a_checkpoint_there_is_not_is_refused(checkpoints: str) -> None:
    def breaks(_state: Log) -> Log:
        raise KeyError

    async with serving(checkpoints=checkpoints, work=chain(breaks)) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        wrong = {"action": "rewind", "checkpoint_id": "gone", "by": "op", "reason": "a test"}
        assert "has no checkpoint gone" in await refusal(handle, "recover", wrong)
        assert "give checkpoint_id" in await refusal(handle, "recover", wrong | {"checkpoint_id": None})
        await recover(handle, "abort")
