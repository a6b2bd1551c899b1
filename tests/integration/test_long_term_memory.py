from typing import Any

from langgraph.runtime import Runtime

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import output, serving
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


async def remembers(_state: Log, runtime: Runtime[None]) -> Log:
    assert runtime.store is not None
    known = await runtime.store.aget(("people",), "ann")
    await runtime.store.aput(("people",), "ann", {"visits": (known.value["visits"] if known else 0) + 1})
    return {"log": [known.value["visits"] if known else 0]}


def remembers_in_a_thread(_state: Log, runtime: Runtime[None]) -> Log:
    assert runtime.store is not None
    known = runtime.store.get(("people",), "ann")
    runtime.store.put(("people",), "ann", {"visits": (known.value["visits"] if known else 0) + 1})
    return {"log": [known.value["visits"] if known else 0]}


async def test_is_kept_in_the_checkpointers_database_over_runs_and_workers(checkpoints: str) -> None:
    graphs: dict[str, Any] = {"asynchronous": chain(remembers), "synchronous": chain(remembers_in_a_thread)}
    async with serving(checkpoints=checkpoints, **graphs) as local:
        assert await output(await local.graph("asynchronous", EMPTY)) == {"log": [0]}
        assert await output(await local.graph("synchronous", EMPTY)) == {"log": [1]}
    async with serving(checkpoints=checkpoints, **graphs) as local:
        assert await output(await local.graph("asynchronous", EMPTY)) == {"log": [2]}
