"""A scripted human: answers what a process asks, and lets the time between pass."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from orchestrator import names
from orchestrator.human import Action
from orchestrator.testing.served import PATIENCE_SECONDS, Handle, Served
from orchestrator.wire import Decision, Status, Task

ENDED = ("completed", "failed", "cancelled")


@dataclass(frozen=True)
class Reply:
    """What to answer, and how long to take for it."""

    action: Action = "approve"
    values: Any = None
    """JSON, or a model that dumps to it."""
    comment: str | None = None
    after: timedelta = timedelta(0)
    """Of the server's time; on a time-skipping server only."""


@dataclass
class Human:
    """Answers by a script.

    Args:
        script: By a task's title: a reply, or several for a question that is asked again; None is silence, and the
            task's due date decides.
        name: Who answers.
    """

    script: Mapping[str, Reply | Sequence[Reply] | None]
    name: str = "ann"
    asked: list[Task] = field(default_factory=list)
    """What this human was asked, in order, silence included."""

    async def play(self, served: Served, handle: Handle) -> Any:
        """The result of the workflow, every question of it answered and every timer waited for.

        On a time-skipping server the clock jumps to the next timer or due date whenever nothing else is left to do.

        Raises:
            AssertionError: It asks something that is not in the script, waits for an event that nobody sends, has
                parked, or does nothing for 20 s.
            WorkflowFailureError: It failed.
        """
        idle_since = asyncio.get_running_loop().time()
        while (status := await served.status(handle)).state not in ENDED:
            assert status.state != "parked", [stage.error for stage in status.stages if stage.state == "parked"]
            known = {task.task_id for task in self.asked}
            new = [task for task in await served.tasks(handle) if task.task_id not in known]
            for task in new:
                await self._answer(served, handle, task)
            if new or (status.state == "waiting" and await self._skipped(served, status)):
                idle_since = asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - idle_since < PATIENCE_SECONDS, status
            await asyncio.sleep(0.02)
        return await handle.result()

    async def _answer(self, served: Served, handle: Handle, task: Task) -> None:
        assert task.title in self.script, f"asked {task.title!r}; the script has: {', '.join(self.script)}"
        replies = self.script[task.title]
        before = sum(other.title == task.title for other in self.asked)
        self.asked.append(task)
        if replies is None:
            return
        several = [replies] if isinstance(replies, Reply) else list(replies)
        reply = several[min(before, len(several) - 1)]
        if reply.after:
            await served.sleep(reply.after)
        values = reply.values.model_dump(mode="json") if isinstance(reply.values, BaseModel) else reply.values
        decision = Decision(
            task_id=task.task_id, action=reply.action, values=values, by=self.name, comment=reply.comment
        )
        await handle.execute_update(names.SUBMIT_DECISION, decision)

    async def _skipped(self, served: Served, status: Status) -> bool:
        """Whether the clock was set to the next moment at which something happens by itself."""
        moments: list[datetime] = [wait.until for wait in status.waits if wait.until is not None]
        if served.environment is None or not status.waits:
            return False
        if not moments:
            events = [wait.name for wait in status.waits if wait.kind == "event"]
            assert not events, f"waits for the event {events[0]!r}, which nobody sends"
            return False
        await served.sleep(max(timedelta(0), min(moments) - await served.now()) + timedelta(seconds=1))
        return True
