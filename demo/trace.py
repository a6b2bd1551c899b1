"""Which nodes ran, written down as they run: LangGraph's callbacks, so that the graphs know nothing of it."""

import os
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler
from langgraph.errors import GraphBubbleUp

from demo.journal import Journal


class NodeTrace(AsyncCallbackHandler):
    """Adds a line when a node begins, and one when it ended, failed or began to wait.

    `execution` is LangGraph's name of one node execution, `node:task`: the same on every attempt. `step` is the number
    of its super-step in the thread.
    """

    run_inline = True  # the line is there before the node's first statement runs

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._running: dict[UUID, dict[str, Any]] = {}

    async def on_chain_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002
        inputs: dict[str, Any],  # noqa: ARG002
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        where = metadata or {}
        if "langgraph_node" not in where or kwargs.get("name") != where["langgraph_node"]:
            return  # the graph as a whole, or a part of a node
        self._running[run_id] = {
            "thread": where["thread_id"],
            "step": where["langgraph_step"],
            "node": where["langgraph_node"],
            "execution": where["langgraph_checkpoint_ns"],
            "pid": os.getpid(),
        }
        self.journal.append(what="begun", **self._running[run_id])

    async def on_chain_end(self, outputs: Any, *, run_id: UUID, **_kwargs: Any) -> None:  # noqa: ARG002
        self._close(run_id, "ended")

    async def on_chain_error(self, error: BaseException, *, run_id: UUID, **_kwargs: Any) -> None:
        self._close(run_id, "waits" if isinstance(error, GraphBubbleUp) else "failed")

    def _close(self, run_id: UUID, what: str) -> None:
        node = self._running.pop(run_id, None)
        if node is not None:
            self.journal.append(what=what, **node)
