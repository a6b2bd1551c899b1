from typing import TypedDict

from langgraph.graph import END

from tests.support.compat import agreed
from tests.support.graphs import Builder, chain


class State(TypedDict):
    polls: int


async def poll(state: State) -> State:
    return {"polls": state["polls"] + 1}


def done(state: State) -> str:
    return END if state["polls"] >= 60 else "poll"


def graph() -> Builder:
    builder = chain(poll, schema=State)
    builder.add_conditional_edges("poll", done, ["poll", END])
    return builder


async def test_runs_until_it_is_done() -> None:
    assert await agreed(graph(), {"polls": 0}) == {"polls": 60}
