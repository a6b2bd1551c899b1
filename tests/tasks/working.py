"""A workflow, in a file that its sandbox can import: zones of time are none of it."""

from datetime import timedelta
from typing import Any

from temporalio import workflow

from orchestrator.workflow import Process


@workflow.defn
class Working(Process):
    """Asks in business time."""

    @workflow.run
    async def run(self) -> Any:
        """Who has answered."""
        return (await self.ask("Approve?", calendar="berlin", due=timedelta(days=1))).by
