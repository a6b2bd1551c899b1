"""The peers' workflows: the official plugin's, one of plain activities, and an empty one."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.types import Command
    from temporalio.langgraph import graph

LIMIT = {"recursion_limit": 1000}
MINUTE = timedelta(minutes=1)


@workflow.defn
class Plugged:
    """A graph whose nodes are activities, by the plugin."""

    @workflow.run
    async def run(self, name: str, state: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = await graph(name).compile().ainvoke(state, {"recursion_limit": 1000})
        return result


@workflow.defn
class PluggedQuestion:
    """The same with a question in it, as the plugin's samples do it: a saver in memory, and a signal."""

    def __init__(self) -> None:
        self.asked = False
        self.answer: str | None = None

    @workflow.run
    async def run(self, name: str, state: dict[str, Any]) -> dict[str, Any]:
        compiled = graph(name).compile(checkpointer=InMemorySaver())
        config: Any = {"configurable": {"thread_id": "1"}, **LIMIT}
        await compiled.ainvoke(state, config)
        self.asked = True
        await workflow.wait_condition(lambda: self.answer is not None)
        result: dict[str, Any] = await compiled.ainvoke(Command(resume=self.answer), config)
        return {key: value for key, value in result.items() if key != "__interrupt__"}

    @workflow.signal
    def decide(self, answer: str) -> None:
        self.answer = answer

    @workflow.query
    def waits(self) -> bool:
        return self.asked


@workflow.defn
class Steps:
    """One plain activity for each node; the state lives in the workflow."""

    @workflow.run
    async def run(self, activity: str, layers: int, width: int, state: dict[str, Any]) -> int:
        for _ in range(layers):
            updates = await asyncio.gather(
                *(
                    workflow.execute_activity(activity, state, result_type=dict, start_to_close_timeout=MINUTE)
                    for _ in range(width)
                )
            )
            count = state["count"] + sum(update["count"] for update in updates)
            for update in updates:
                state.update(update)
            state["count"] = count
        return int(state["count"])


@workflow.defn
class Empty:
    """One activity that does nothing."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity("nothing", start_to_close_timeout=MINUTE)
