"""How a turn ends before its graph has: the worker leaves, the workflow pauses, or it is cancelled.

Temporal tells an activity only once that it should stop, and a pause and a cancellation look the same to it. So the
workflow is asked which of the two it is, and as long as the graph still runs asked again, because a cancellation may
follow the pause; and the grace period of a worker that leaves meanwhile is kept here.
"""

import asyncio
from datetime import timedelta
from typing import TypeVar

import structlog
from langgraph.runtime import RunControl
from temporalio import activity
from temporalio.client import WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from orchestrator import names
from orchestrator.activity.threads import STAGE, StageThreads
from orchestrator.calls import StageCall

T = TypeVar("T")

log = structlog.get_logger(__name__)

ASK_EVERY_SECONDS = 1.0
ANSWER_TIMEOUT = timedelta(seconds=5)


class Ending:
    """What may end a turn early."""

    def __init__(self, call: StageCall, threads: StageThreads, grace: timedelta) -> None:
        self.control = RunControl()
        """For the graph."""
        self._call = call
        self._threads = threads
        self._grace = grace

    async def outcome_of(self, work: asyncio.Task[T]) -> T | None:
        """What the work came to; None: the worker leaves, and the work outlived its grace period.

        Raises:
            CancelledError: It was cancelled, and has stopped.
        """
        leaving = asyncio.create_task(self._leave())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if not work.done() and details is not None and details.cancel_requested:
                await self._until_cancelled(work, leaving)
            if work.done():
                return work.result()
            await self._stop(work)
            if leaving.done() or (details is not None and details.worker_shutdown):
                log.warning("node outlived the drain period; it will run again elsewhere")
                return None
            raise
        finally:
            leaving.cancel()
            self._threads.forget(STAGE.get() or "")

    async def _leave(self) -> None:
        """Return once the worker leaves and its grace period is over."""
        await activity.wait_for_worker_shutdown()
        self.control.request_drain("worker shutdown")
        await asyncio.sleep(self._grace.total_seconds())

    async def _until_cancelled(self, work: asyncio.Task[T], leaving: asyncio.Task[None]) -> None:
        """Return once the work is done, or has to be stopped: the workflow does not merely pause, or the worker is
        gone. Whichever it is, no other node begins."""
        self.control.request_drain("asked by the workflow")
        log.info("stage stops at the next super-step")
        cancelled = asyncio.create_task(self._cancelled())
        try:
            await asyncio.wait([work, leaving, cancelled], return_when=asyncio.FIRST_COMPLETED)
        finally:
            cancelled.cancel()

    async def _cancelled(self) -> None:
        """Return once the workflow says that this turn is cancelled, or can no longer be asked."""
        while await self._pauses():
            await asyncio.sleep(ASK_EVERY_SECONDS)

    async def _pauses(self) -> bool:
        """Whether the workflow has only paused this turn. No answer counts as yes: the turn ends at its next
        super-step, which is right in either case, and is asked about again."""
        info = activity.info()
        if info.workflow_id is None:
            return False
        handle = activity.client().get_workflow_handle(info.workflow_id, run_id=info.workflow_run_id)
        try:
            cancelled: bool = await handle.query(
                names.TURN_CANCELLED,
                args=[self._call.stage, self._call.turn],
                result_type=bool,
                reject_condition=QueryRejectCondition.NOT_OPEN,
                rpc_timeout=ANSWER_TIMEOUT,
            )
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError):  # it has ended, or knows no such query
            return False
        except RPCError as error:
            log.info("no answer to whether this is a pause or a cancellation", error=str(error))
            return error.status != RPCStatusCode.NOT_FOUND
        return not cancelled

    async def _stop(self, work: asyncio.Task[T]) -> None:
        """Cancel the graph, and wait for the threads of sync nodes, which nobody can cancel."""
        self.control.request_drain("cancelled")  # for a node that catches its cancellation: it is the last one
        work.cancel()
        await asyncio.wait([work])
        while running := self._threads.running(STAGE.get() or ""):
            log.info("waits for the threads of sync nodes", threads=len(running))
            await asyncio.wait([asyncio.wrap_future(thread) for thread in running])
