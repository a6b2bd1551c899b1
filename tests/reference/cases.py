"""Applications for the tests, and graphs run by plain LangGraph."""

from typing import Any
from uuid import uuid4

from langchain_core.runnables import RunnableConfig  # noqa: TC002 - an attribute's type
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
from langgraph.types import Command

from graphs.application import LoanApplication
from graphs.documents import enclosed as enclosed_documents
from graphs.documents import missing

SOUND = {
    "application_id": "case-1",
    "file_number": 1,
    "contact": "case-1@applicants.example",
    "debt_ratio": 0.3,
    "housing_ratio": 0.25,
    "self_employed": False,
    "unemployment_rate": 3.2,
    "mortgage_insurance_denied": False,
    "condominium": False,
}


def application(**changes: Any) -> LoanApplication:
    """An application that nothing speaks against, with changes."""
    return LoanApplication.model_validate(SOUND | changes)


def lacking(count: int) -> LoanApplication:
    """An application that came without so many of its documents."""
    candidates = (application(application_id=f"case-{number}", condominium=True) for number in range(1, 10_000))
    return next(one for one in candidates if len(missing(one, enclosed_documents(one))) == count)


class Plain:
    """One thread of a graph, run by LangGraph alone, with checkpoints in memory."""

    def __init__(self, graph: StateGraph[Any, Any, Any, Any], **compile_options: Any) -> None:
        self.saver = InMemorySaver()
        self.graph = graph.compile(checkpointer=self.saver, **compile_options)
        self.config: RunnableConfig = {"configurable": {"thread_id": uuid4().hex}}

    async def start(self, context: Any = None, **value: Any) -> dict[str, Any]:
        """Run it to its end or its first wait: its output so far."""
        return await self._invoke(value, context)

    async def go_on(self) -> dict[str, Any]:
        """Run it on from its last checkpoint."""
        return await self._invoke(None)

    async def answer(self, payload: Any) -> dict[str, Any]:
        """Answer its wait; None is a timeout."""
        [interrupt] = (await self.graph.aget_state(self.config)).interrupts
        return await self._invoke(Command(resume={interrupt.id: payload}))

    async def _invoke(self, value: Any, context: Any = None) -> dict[str, Any]:
        output: dict[str, Any] = await self.graph.ainvoke(value, self.config, context=context, durability="sync")
        output.pop("__interrupt__", None)
        return output

    async def waits_for(self) -> str | None:
        """The event that it waits for."""
        snapshot = await self.graph.aget_state(self.config)
        names: list[str] = [interrupt.value["orchestrator"]["name"] for interrupt in snapshot.interrupts]
        return names[0] if names else None

    async def state(self) -> dict[str, Any]:
        """All of its state."""
        values: dict[str, Any] = (await self.graph.aget_state(self.config)).values
        return values
