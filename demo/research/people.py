"""The people whom research asks: who approves the plan, and who raises the budget."""

import asyncio
import contextlib
import sys
import threading
from typing import Any

from demo.screen import Screen
from orchestrator.client import OrchestratorClient
from orchestrator.connect import Unreachable
from orchestrator.errors import Refused
from orchestrator.rpc import NotFound, NoWorker
from orchestrator.wire import Decision, Task

POLL_SECONDS = 0.2


class People:
    """Answer each task of one workflow: as it is suggested, or the plan as it is typed at the terminal.

    Args:
        client: Of the server.
        screen: Says what they decide.
        typed: Whether the plan is approved, or replaced, at the terminal.
    """

    def __init__(self, client: OrchestratorClient, screen: Screen, *, typed: bool) -> None:
        self.client = client
        self.screen = screen
        self.typed = typed
        self.decided: set[str] = set()

    async def live(self, workflow_id: str) -> None:
        """Until cancelled."""
        while True:
            try:
                for task in await self.client.tasks(workflow_id):
                    if task.task_id not in self.decided:
                        await self.client.decide(workflow_id, await self._decision(task))
                        self.decided.add(task.task_id)
            except (NoWorker, Unreachable, NotFound, Refused):
                pass  # its worker is dead, or it was answered meanwhile: next time
            await asyncio.sleep(POLL_SECONDS)

    async def _decision(self, task: Task) -> Decision:
        values = None
        if "questions" in task.payload:
            values = await self._plan(task)
        else:
            self.screen.event(f"the budget is too small: {task.payload['spent']}, next {task.payload['next']}")
            self.screen.event(f"olga raises it to {task.payload['suggested']}, and it goes on from there")
        decision_id = f"{task.workflow_id}/{task.task_id}"
        return Decision(task_id=task.task_id, action="approve", values=values, by="olga", decision_id=decision_id)

    async def _plan(self, task: Task) -> dict[str, Any] | None:
        """The questions that were typed; None: the plan as it is."""
        for question in task.payload["questions"]:
            self.screen.event(f"  {question['id']:3}  {question['text']}")
        if not self.typed:
            self.screen.event("olga approves the plan (with --approve: you)")
            return None
        self.screen.event("Enter approves it. Or type questions of your own, one a line, and an empty line after them:")
        lines: list[str] = []
        while line := await _typed():
            lines.append(line)
        return {"questions": [{"text": line} for line in lines]} if lines else None


async def _typed() -> str:
    """The next line; empty at the end. Its thread is a daemon, or Ctrl-C would wait for Enter."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def take(text: str) -> None:
        if not line.cancelled():
            line.set_result(text)

    def wait() -> None:
        text = sys.stdin.readline().strip()
        with contextlib.suppress(RuntimeError):  # the demonstration was interrupted meanwhile
            loop.call_soon_threadsafe(take, text)

    threading.Thread(target=wait, daemon=True).start()
    return await line
