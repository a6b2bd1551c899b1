"""What a stage waits for: people, timers, events."""

import asyncio
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from orchestrator.calls import ResumeValue, Wait
from orchestrator.human import HumanDefaults
from orchestrator.large import MOST_BYTES, size
from orchestrator.requests import AskRequest, EventRequest, SleepRequest
from orchestrator.wire import WaitInfo
from orchestrator.workflow.answering import resume
from orchestrator.workflow.failure import StageFailed
from orchestrator.workflow.open_task import OpenTask
from orchestrator.workflow.open_tasks import Overdue
from orchestrator.workflow.titles import title_of
from orchestrator.workflow.waiting import event_of, timer_of

if TYPE_CHECKING:
    from orchestrator.workflow.engine import Engine


class StageWaits:
    """The waits of one stage, each served by a task of its own."""

    def __init__(self, engine: "Engine", stage: str, defaults: HumanDefaults, since: dict[str, WaitInfo]) -> None:
        self.since = since
        """The timers and events, from when they began."""
        self._engine = engine
        self._stage = stage
        self.defaults = defaults
        self._open: dict[str, tuple[Wait, asyncio.Task[Any]]] = {}
        self._off: asyncio.Future[None] | None = None
        self.awaited = False
        """Whether the stage does nothing but wait. Not so between an answer and the turn that takes it: a workflow that
        continued as new just then would lose it."""

    @property
    def open(self) -> list[Wait]:
        """Those that nothing has been taken from yet."""
        return [wait for wait, _ in self._open.values()]

    @property
    def answered(self) -> bool:
        """Whether there is an answer that nobody has taken yet."""
        return any(task.done() for _, task in self._open.values())

    def set(self, waits: list[Wait], *, amended: bool = False) -> None:
        """Open what is new, and withdraw what is gone; of an amended state, also what is no longer the same."""
        wanted = {wait.interrupt_id: _question(wait) for wait in waits}
        self._withdraw(
            [
                key
                for key, (known, _) in self._open.items()
                if key not in wanted or (amended and wanted[key] != _question(known))
            ]
        )
        for wait in waits:
            if wait.interrupt_id not in self._open:
                self._begin(wait, None)

    def go_on(self, waits: list[Wait]) -> None:
        """Wait for what the run before has waited for; its tasks are open."""
        for wait in waits:
            self._begin(wait, self._engine.tasks.asked_by(self._stage, wait))

    def _begin(self, wait: Wait, known: OpenTask | None) -> None:
        self._open[wait.interrupt_id] = (wait, asyncio.create_task(self._served(wait, known)))

    def withdraw(self) -> None:
        """Stop waiting."""
        self._withdraw(list(self._open))

    async def until_answered(self) -> None:
        """Return as soon as there is an answer, or none will come, or it is called off."""
        self.awaited = True
        self._off = asyncio.get_running_loop().create_future()
        try:
            tasks = [task for _, task in self._open.values()]
            await workflow.wait([*tasks, self._off], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.awaited = False

    def call_off(self) -> None:
        """Let go whoever waits for an answer; what is open stays open."""
        if self._off is not None and not self._off.done():
            self._off.set_result(None)

    def take(self) -> list[ResumeValue]:
        """The answers that there are, as many as one activity can be told; the others are taken next.

        Raises:
            Overdue: Nobody answered in time, and the question says `fail` or `park`.
            ApplicationError: What the graph asks cannot be served, or was rejected.
        """
        # An answer that comes in the same moment as another question's due date is not lost with it: it goes first.
        taken = self.take_answers([])
        if not taken:
            failed = [self._forget(key) for key, (_, task) in list(self._open.items()) if task.done()]
            failed[0].result()
        return taken

    def take_answers(self, held: list[ResumeValue]) -> list[ResumeValue]:
        """The answers that there are, as many as fit into one activity with those that are held already."""
        done = [(key, wait, task) for key, (wait, task) in self._open.items() if task.done()]
        answered = [(key, resume(wait, task.result())) for key, wait, task in done if task.exception() is None]
        so_far = accumulate((size(value) for _, value in answered), initial=sum(map(size, held)))
        taken = [one for one, told in zip(answered, list(so_far)[1:], strict=True) if told <= MOST_BYTES]
        if not taken and not held:
            taken = answered[:1]
        for key, _ in taken:
            self._forget(key)
        return [value for _, value in taken]

    def _forget(self, key: str) -> "asyncio.Task[Any]":
        self.since.pop(key, None)
        return self._open.pop(key)[1]

    def _withdraw(self, interrupt_ids: list[str]) -> None:
        for interrupt_id in interrupt_ids:
            self._forget(interrupt_id).cancel()

    async def _served(self, wait: Wait, known: OpenTask | None) -> Any:
        """What came for one wait. A question that cannot be asked fails its stage by its policy, and not the workflow
        with all that the stage has been answered."""
        try:
            return await self._serve(wait, known)
        except (Overdue, ApplicationError):
            raise
        except Exception as error:
            message = f"What the graph asks cannot be served: {type(error).__name__}: {error}"
            raise ApplicationError(message, type="BadInput", non_retryable=True) from error

    async def _serve(self, wait: Wait, known: OpenTask | None) -> Any:
        """What came for one wait; `known` is its task, if that is open already."""
        match wait.request:
            case SleepRequest() as timer:
                since = self.since.setdefault(wait.interrupt_id, timer_of(timer, self._stage))
                return await self._engine.waiting.sleep(since)
            case EventRequest() as event:
                since = self.since.setdefault(wait.interrupt_id, event_of(event, self._stage))
                return await self._engine.waiting.wait_for(since)
            case AskRequest() as ask:
                request = ask
            case None:
                request = AskRequest(title=title_of(wait), payload=wait.payload, form=wait.form)
        if known is not None:
            settled = await self._engine.tasks.attend(known)
        else:
            settled = await self._engine.desk.serve(wait, request, self.defaults, self._stage)
        if wait.source == "breakpoint" and settled.decision.action == "reject":
            raise StageFailed(f"{settled.decision.by} rejected {request.title!r}.", type="Rejected", non_retryable=True)
        return settled


def _question(wait: Wait) -> tuple[Any, ...]:
    """What people, or a clock, are asked."""
    return wait.source, wait.request, wait.payload, wait.form
