from langgraph.runtime import Runtime
from langgraph.store.memory import InMemoryStore
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain


async def reads(_state: Log, runtime: Runtime[None]) -> Log:
    assert runtime.store is not None
    interrupt("go on?")
    found = await runtime.store.aget(("people",), "ann")
    return {"log": [found.value["age"] if found else None]}


async def writes(_state: Log, runtime: Runtime[None]) -> Log:
    assert runtime.store is not None
    await runtime.store.aput(("people",), "ann", {"age": 7})
    return {"log": []}


async def test_keeps_what_a_node_wrote_over_a_wait(checkpoints: str) -> None:
    output = await agreed(chain(writes, reads), EMPTY, {"go on?": True}, checkpoints=checkpoints)
    assert output == {"log": [7]}


async def test_that_the_graph_was_compiled_with_is_kept() -> None:
    store = InMemoryStore()
    store.put(("people",), "ann", {"age": 8})
    assert await agreed(chain(reads).compile(store=store), EMPTY, {"go on?": True}) == {"log": [8]}
