"""The person whom the follow-up hands over to."""

import asyncio

from orchestrator.client import OrchestratorClient
from orchestrator.connect import Unreachable
from orchestrator.errors import Refused
from orchestrator.rpc import NotFound, NoWorker
from orchestrator.wire import Decision, Task

NAME = "sam"
POLL_SECONDS = 0.3


class Salesperson:
    """Answers each question with the price, and closes the matter where nobody replies."""

    def __init__(self, client: OrchestratorClient) -> None:
        self.client = client
        self.answered: set[tuple[str, str]] = set()
        """Workflow and task."""

    async def live(self) -> None:
        """Until cancelled."""
        while True:
            for head in await self.client.inbox("group:sales"):
                if (head.workflow_id, head.task_id) not in self.answered:
                    await self._answer(head)
            await asyncio.sleep(POLL_SECONDS)

    async def _answer(self, head: Task) -> None:
        try:
            [task] = [one for one in await self.client.tasks(head.workflow_id) if one.task_id == head.task_id]
            await self.client.decide(head.workflow_id, self._decision(task))
        except (NoWorker, Unreachable, NotFound, Refused, ValueError):
            return  # its worker is dead, or it was answered meanwhile: next time
        self.answered.add((head.workflow_id, head.task_id))

    @staticmethod
    def _decision(task: Task) -> Decision:
        silent = task.payload["why"] == "No reply came."
        return Decision(
            task_id=task.task_id,
            action="reject" if silent else "respond",
            values=None if silent else {"text": "It costs 9,000 €, everything included. Shall we?"},
            by=NAME,
            decision_id=f"{task.workflow_id}/{task.task_id}",
        )
