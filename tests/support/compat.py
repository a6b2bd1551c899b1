"""The same graph twice: run by LangGraph itself, and by a worker."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command, Interrupt
from pydantic_core import to_jsonable_python

from orchestrator.options import DEFAULTS
from tests.support.graphs import EMPTY
from tests.support.local import QUICK_RETRIES, Handle, output, serving, submit, until

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

Answers = Mapping[str, Any]
"""What to answer, by the question: the value of the interrupt. A static breakpoint is always approved."""

MOST_QUESTIONS = 20
"""More than any graph here asks."""

RECURSION_LIMIT: int = DEFAULTS.recursion_limit or 0


async def agreed(
    graph: Any,
    value: Any = EMPTY,
    answers: Answers | None = None,
    *,
    checkpoints: str = "memory://",
    context: dict[str, Any] | None = None,
    recursion_limit: int = RECURSION_LIMIT,
) -> Any:
    """The output of a graph on which LangGraph's own `ainvoke` and a GraphRun agree, as JSON.

    Raises:
        AssertionError: They do not.
    """
    bare = await plain(graph, value, answers, context=context, recursion_limit=recursion_limit)
    served = await orchestrated(
        graph, value, answers, checkpoints=checkpoints, context=context, recursion_limit=recursion_limit
    )
    assert _without_ids(served) == _without_ids(to_jsonable_python(bare))
    return served


async def plain(
    graph: Any,
    value: Any = EMPTY,
    answers: Answers | None = None,
    *,
    context: dict[str, Any] | None = None,
    recursion_limit: int = RECURSION_LIMIT,
) -> Any:
    """What LangGraph returns, its questions answered, all in this process's memory."""
    compiled = graph.compile() if isinstance(graph, StateGraph) else graph
    bound = compiled.copy({"checkpointer": InMemorySaver(), "store": compiled.store or InMemoryStore()})
    config: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}, "recursion_limit": recursion_limit}
    result = await bound.ainvoke(value, config, context=context)
    for _ in range(MOST_QUESTIONS):
        if not (await bound.aget_state(config)).next:
            return result
        # One at a time, as people answer. None passes a static breakpoint.
        asked = next(iter(result.get("__interrupt__", ())), None) if isinstance(result, dict) else None
        command = None if asked is None else _resume(asked, answers)
        result = await bound.ainvoke(command, config, context=context)
    raise AssertionError(f"LangGraph goes on asking: {result}")


async def orchestrated(
    graph: Any,
    value: Any = EMPTY,
    answers: Answers | None = None,
    *,
    checkpoints: str = "memory://",
    context: dict[str, Any] | None = None,
    recursion_limit: int = RECURSION_LIMIT,
) -> Any:
    """What a GraphRun returns, its tasks answered: at each question the worker forgets the graph and reads it anew
    from its checkpoints."""
    async with serving(checkpoints=checkpoints, graph=graph) as local:
        options = {"recursion_limit": recursion_limit, "retry": QUICK_RETRIES}
        handle = await local.graph("graph", value, context=context, options=options)
        await answered(handle, answers)
        return await output(handle)


async def answered(handle: Handle, answers: Answers | None = None) -> None:
    """Answer every question of a GraphRun until it has completed."""
    asked: set[str] = set()
    while len(asked) <= MOST_QUESTIONS:
        status = await until(handle, lambda status: status["state"] != "running")
        if status["state"] == "completed":
            return
        assert status["state"] == "waiting", (status, await handle.query("audit"))
        for task in (await handle.query("tasks"))[:1]:
            static = isinstance(task["payload"], dict) and "interrupt" in task["payload"]
            fields = {} if static else {"values": _answer(answers, task["payload"])}
            await submit(handle, task_id=task["task_id"], **fields)
            asked.add(task["task_id"])
        await asyncio.sleep(0.01)
    raise AssertionError(f"the worker goes on asking: {await handle.query('audit')}")


def _resume(asked: Interrupt, answers: Answers | None) -> Command[Any]:
    return Command(resume={asked.id: _answer(answers, asked.value)})


def _answer(answers: Answers | None, question: Any) -> Any:
    assert answers is not None, f"nobody was to be asked {question!r}"
    return answers[question]


def _without_ids(value: Any) -> Any:
    """The value, its messages without the ids that LangGraph draws at random."""
    if isinstance(value, list):
        return [_without_ids(part) for part in value]
    if not isinstance(value, dict):
        return value
    random = {"id"} if {"type", "content", "id"} <= value.keys() else set()
    return {key: _without_ids(part) for key, part in value.items() if key not in random}
