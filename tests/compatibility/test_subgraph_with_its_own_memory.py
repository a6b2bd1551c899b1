from langgraph.graph import END
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain, says


def remembers(state: Log) -> Log:
    return {"log": [len(state["log"])]}


def asks(_state: Log) -> Log:
    return {"log": [interrupt("go on?")]}


subgraph = chain(remembers, asks).compile(checkpointer=True)


async def once(_state: Log) -> Log:
    result = await subgraph.ainvoke({"log": ["call"]})
    return {"log": result["log"]}


async def test_compiled_with_checkpointer_true_asks_and_goes_on(checkpoints: str) -> None:
    output = await agreed(chain(once, says("end")), EMPTY, {"go on?": "yes"}, checkpoints=checkpoints)
    assert output == {"log": ["call", 1, "yes", "end"]}


counting = chain(remembers).compile(checkpointer=True)


async def counts(_state: Log) -> Log:
    return {"log": [(await counting.ainvoke({"log": ["call"]}))["log"][-1]]}


def thrice(state: Log) -> str:
    return END if len(state["log"]) == 3 else "counts"


async def test_remembers_over_the_calls_of_one_run_and_forgets_with_it(checkpoints: str) -> None:
    builder = chain(counts)
    builder.add_conditional_edges("counts", thrice, ["counts", END])
    for _ in range(2):
        assert await agreed(builder, EMPTY, checkpoints=checkpoints) == {"log": [1, 3, 5]}
