"""LangGraph's long-term memory, which there is none of in a plain Redis."""

from collections.abc import Iterable
from typing import NoReturn

from langgraph.store.base import BaseStore, Op

from orchestrator.errors import Refused


class NoMemory(BaseStore):
    """Refuses each operation: LangGraph's stores for Redis and Valkey need the search module, which a plain one lacks.

    Args:
        name: Of the checkpointer, for the message.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def batch(self, ops: Iterable[Op]) -> NoReturn:  # noqa: ARG002 - refused
        raise self._refused()

    async def abatch(self, ops: Iterable[Op]) -> NoReturn:  # noqa: ARG002 - refused
        raise self._refused()

    def _refused(self) -> Refused:
        return Refused(
            f"{self._name} keeps no long-term memory (a graph's `store`): compile the graph with a store of its own, "
            "or use a sqlite:// or postgresql:// checkpointer."
        )
