"""A process of one stage, in a module that the sandbox imports quickly."""

from typing import Any

from temporalio import workflow

from orchestrator.workflow import Process


@workflow.defn
class Staged(Process):
    """What `GraphRun` does, as somebody's own workflow: in the sandbox."""

    @workflow.run
    async def run(self, graph: str, state: dict[str, Any]) -> Any:
        """The output of the graph."""
        return await self.run_graph(graph, state)
