"""One call to one workflow: a query, an update or a signal, with its time-out and with errors of ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from orchestrator import names, settings
from orchestrator.rpc import NoWorker, failing, no_worker, translated
from orchestrator.stumbling import task_failure

T = TypeVar("T")

QUERY_TIMEOUT = timedelta(seconds=3)
"""A worker that is there answers in milliseconds; one that takes over from a dead one, after its sticky time-out."""
UPDATE_TIMEOUT = timedelta(seconds=10)
"""How long a decision, an event or a recovery waits for a worker to take it."""


class Caller:
    """A client of the workflows in one namespace.

    Args:
        temporal: A client with our data converter (see `orchestrator.connect`).
        task_queue: Where workflows are started that name none: the application's name.
        query_timeout: How long a query waits for a worker.
        update_timeout: How long an update waits for a worker.
        checkpoints: URL of the checkpointer, for whatever is over 256 KiB; by default the setting.
    """

    def __init__(
        self,
        temporal: Client,
        *,
        task_queue: str = names.DEFAULT_TASK_QUEUE,
        query_timeout: timedelta = QUERY_TIMEOUT,
        update_timeout: timedelta = UPDATE_TIMEOUT,
        checkpoints: str | None = None,
    ) -> None:
        self.temporal = temporal
        self.task_queue = task_queue
        self.query_timeout = query_timeout
        self.update_timeout = update_timeout
        self.checkpoints = checkpoints or settings.load().checkpoints

    def _handle(self, workflow_id: str, run_id: str | None = None) -> WorkflowHandle[Any, Any]:
        return self.temporal.get_workflow_handle(workflow_id, run_id=run_id)

    async def _query(self, workflow_id: str, name: str, kind: type[T]) -> T:
        async with self._answering(workflow_id):
            answer: T = await self._handle(workflow_id).query(name, result_type=kind, rpc_timeout=self.query_timeout)
        return answer

    async def _update(self, workflow_id: str, name: str, payload: BaseModel, kind: type[T]) -> T:
        async with self._answering(workflow_id):
            try:
                # The time-out of one call is not enough: the SDK asks again until a worker has taken the update.
                async with asyncio.timeout(self.update_timeout.total_seconds()):
                    done: T = await self._handle(workflow_id).execute_update(
                        name, payload.model_dump(mode="json"), result_type=kind, rpc_timeout=self.update_timeout
                    )
            except TimeoutError as error:
                raise no_worker(f"Workflow {workflow_id!r}") from error
        return done

    @asynccontextmanager
    async def _answering(self, workflow_id: str) -> AsyncIterator[None]:
        """Around what a worker is to answer: if none does, the error says whether the workflow's own code is why."""
        try:
            with translated(f"Workflow {workflow_id!r}"):
                yield
        except NoWorker as error:
            why = await self._why_failing(workflow_id)
            if why is None:
                raise
            raise failing(workflow_id, why) from error

    async def _why_failing(self, workflow_id: str) -> str | None:
        """Why a workflow's current task has failed so far; None: it has not, or that cannot be seen."""
        with suppress(RPCError):
            described = await self._handle(workflow_id).describe()
            if described.raw_description.pending_workflow_task.attempt > 1:
                return await task_failure(self.temporal, workflow_id, described.run_id)
        return None

    async def _signal(self, workflow_id: str, name: str, payload: BaseModel) -> None:
        with translated(f"Workflow {workflow_id!r}"):
            await self._handle(workflow_id).signal(name, payload.model_dump(mode="json"))
