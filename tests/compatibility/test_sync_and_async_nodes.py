import threading
from functools import partial
from typing import Any

from langchain_core.runnables import RunnableLambda
from langgraph.graph import START, StateGraph

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log


def sync(_state: Log) -> Log:
    return {"log": [f"sync {threading.current_thread() is threading.main_thread()}"]}


async def asynchronous(_state: Log) -> Log:
    return {"log": [f"async {threading.current_thread() is threading.main_thread()}"]}


def given(word: str, _state: Log) -> Log:
    return {"log": [word]}


class Called:
    def __call__(self, _state: Log) -> Log:
        return {"log": ["an object"]}


def graph() -> Builder:
    builder: Builder = StateGraph(Log)
    nodes: list[tuple[str, Any]] = [
        ("sync", sync),
        ("async", asynchronous),
        ("partial", partial(given, "partial")),
        ("object", Called()),
        ("runnable", RunnableLambda(partial(given, "runnable"))),
        ("lambda", lambda _state: {"log": ["lambda"]}),
    ]
    builder.add_sequence(nodes)
    builder.add_edge(START, "sync")
    return builder


async def test_run_in_a_thread_and_in_the_event_loop() -> None:
    output = await agreed(graph(), EMPTY)
    assert output == {"log": ["sync False", "async True", "partial", "an object", "runnable", "lambda"]}
