"""Our Python client: start, look, decide, steer. Async only; thin over `temporalio.client`, typed with the wire models.

    client = await OrchestratorClient.connect()
    run = await client.start_graph("review", {"text": "..."}, id="review-1")
    await client.decide("review-1", Decision(action="approve", by="ann"))
    print(await client.result("review-1"))

Everything else that Temporal offers (terminate, reset, histories) is a step away: `client.temporal`.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self, TypeVar
from uuid import uuid4

from pydantic import BaseModel
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle

from orchestrator import names, settings
from orchestrator.connect import connect
from orchestrator.errors import Refused
from orchestrator.info import WorkflowInfo, state_query, text, waited_for
from orchestrator.options import Options
from orchestrator.rpc import NotFound, failed, no_worker, translated
from orchestrator.wire import (
    Assignment,
    Decision,
    Entry,
    Event,
    GraphRunInput,
    GraphRunResult,
    Operator,
    Receipt,
    Recovery,
    Ref,
    Status,
    Task,
)

T = TypeVar("T")

QUERY_TIMEOUT = timedelta(seconds=3)
"""A worker that is there answers in milliseconds; one that takes over from a dead one, after its sticky time-out."""
UPDATE_TIMEOUT = timedelta(seconds=10)
"""How long a decision, an event or a recovery waits for a worker to take it."""


@dataclass(frozen=True)
class Run:
    """A workflow that was started."""

    workflow_id: str
    run_id: str


class OrchestratorClient:
    """A client of the workflows in one namespace.

    Args:
        temporal: A client with our data converter (see `orchestrator.connect`).
        task_queue: Where workflows are started that name none: the application's name.
        query_timeout: How long a query waits for a worker.
        update_timeout: How long an update waits for a worker.
        checkpoints: URL of the checkpointer, for inputs and outputs over 256 KiB; by default the setting.
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

    @classmethod
    async def connect(cls, *, task_queue: str = names.DEFAULT_TASK_QUEUE, checkpoints: str | None = None) -> Self:
        """A client of the server that Temporal's own `TEMPORAL_*` variables and profile files name.

        Raises:
            Unreachable: No server answers there. *Retryable.*
        """
        return cls(await connect(), task_queue=task_queue, checkpoints=checkpoints)

    # --- start, and wait for the end ---

    async def start_graph(
        self,
        graph: str,
        input: Any = None,  # noqa: A002 - LangGraph's word for it
        *,
        id: str | None = None,  # noqa: A002 - Temporal's word for it
        context: dict[str, Any] | None = None,
        options: Options | None = None,
        task_queue: str | None = None,
    ) -> Run:
        """Start a registered graph as a workflow of its own.

        Args:
            graph: The name it is registered under.
            input: JSON, or a model that dumps to it.
            id: The workflow's id; without it the graph's name and a random part.
            context: LangGraph's static context of the run.
            options: Over those it is registered with.
            task_queue: Of the workers that have it; this client's by default.

        Raises:
            AlreadyExists: A workflow of that id runs already. *Not retryable.*
        """
        from orchestrator.checkpoints.values import keep_for_start  # LangGraph takes its time to import

        workflow_id = id or new_id(graph)
        value, ref = await keep_for_start(self.checkpoints, f"{workflow_id}/{uuid4().hex[:8]}/input", _json(input))
        given = GraphRunInput(graph=graph, input=value, input_ref=ref, context=context, options=options)
        request = given.model_dump(mode="json", exclude_none=True) | {"input": given.input}
        return await self.start_workflow(names.GRAPH_RUN, request, id=workflow_id, task_queue=task_queue)

    async def start_workflow(
        self,
        workflow: str,
        *args: Any,
        id: str | None = None,  # noqa: A002 - Temporal's word for it
        task_queue: str | None = None,
    ) -> Run:
        """Start a workflow by its type's name.

        Raises:
            AlreadyExists: A workflow of that id runs already. *Not retryable.*
        """
        workflow_id = id or new_id(workflow)
        with translated(f"Workflow {workflow_id!r}"):
            handle = await self.temporal.start_workflow(
                workflow, args=args, id=workflow_id, task_queue=task_queue or self.task_queue
            )
        return Run(workflow_id, handle.result_run_id or "")

    async def result(self, workflow_id: str, *, run_id: str | None = None) -> Any:
        """What the workflow returned, as JSON, once it has ended; `graph_result` reads a GraphRun's. An output that
        travelled by reference is read from the checkpointer.

        Raises:
            WorkflowFailed: It failed, was cancelled or was terminated. *Not retryable.*
            NotFound: There is no such workflow. *Not retryable.*
        """
        with translated(f"Workflow {workflow_id!r}"):
            try:
                returned = await self._handle(workflow_id, run_id).result()
            except WorkflowFailureError as error:
                raise failed(workflow_id, error) from error
        if isinstance(returned, dict) and returned.get("output_ref"):
            from orchestrator.checkpoints.values import load  # LangGraph takes its time to import

            output = await load(self.checkpoints, Ref.model_validate(returned["output_ref"]))
            returned |= {"output": output, "output_ref": None}
        return returned

    async def graph_result(self, workflow_id: str, *, run_id: str | None = None) -> GraphRunResult:
        """What a GraphRun returned; see `result`."""
        return GraphRunResult.model_validate(await self.result(workflow_id, run_id=run_id))

    # --- look ---

    async def describe(self, workflow_id: str) -> WorkflowInfo:
        """What the server knows of a workflow, whether or not any worker runs.

        Raises:
            NotFound: There is no such workflow. *Not retryable.*
        """
        with translated(f"Workflow {workflow_id!r}"):
            return await WorkflowInfo.of(await self._handle(workflow_id).describe())

    async def workflows(
        self, *, state: str | None = None, query: str | None = None, limit: int | None = None
    ) -> list[WorkflowInfo]:
        """The workflows of the namespace, the open ones first, whether or not any worker runs.

        Args:
            state: Only those in it: `running`, `waiting`, `paused`, `parked`, `completed`, `failed`, …
            query: Only those that this visibility query of Temporal's fits.
            limit: At most so many.

        Raises:
            Refused: There is no such state, or the query makes no sense. *Not retryable.*
        """
        wanted = " AND ".join(f"({part})" for part in (state and state_query(state), query) if part)
        found: list[WorkflowInfo] = []
        with translated("The list"):
            async for execution in self.temporal.list_workflows(wanted or None):
                info = await WorkflowInfo.of(execution)
                if state in (None, info.state):
                    found.append(info)
                if len(found) == limit:
                    break
        return found

    async def status(self, workflow_id: str) -> Status:
        """Stages, waits and the overall state, as the workflow itself tells them.

        Raises:
            NoWorker: No worker answers; `describe` needs none. *Retryable.*
            NotFound: There is no such workflow. *Not retryable.*
        """
        return await self._query(workflow_id, names.STATUS, Status)

    async def tasks(self, workflow_id: str) -> list[Task]:
        """The open human tasks of a workflow, with form and payload, oldest first.

        Raises:
            NoWorker: No worker answers; `describe` and `inbox` have the tasks' heads without one. *Retryable.*
            NotFound: There is no such workflow. *Not retryable.*
        """
        return await self._query(workflow_id, names.TASKS, list[Task])

    async def inbox(self, assignee: str | None = None) -> list[Task]:
        """The heads of the open human tasks of all workflows, the most urgent first; needs no worker.

        A head has no form and no payload: `tasks` of its workflow does. Of each workflow the first 20 are kept.

        Args:
            assignee: Only those that wait for this person (`ann`) or group (`group:underwriters`).
        """
        running = "ExecutionStatus = 'Running'"
        if assignee is None:
            found = await self.workflows(query=running)
        else:
            try:
                # A workflow that asks outside of any stage has none of our search attributes.
                by_attribute = f"{names.ORCH_ASSIGNEES} = {text(assignee)} OR {names.ORCH_STATE} IS NULL"
                found = await self.workflows(query=f"{running} AND ({by_attribute})")
            except Refused:  # the search attributes are not registered
                found = await self.workflows(query=running)
        tasks = [task for workflow in found for task in workflow.tasks]
        if assignee is not None:
            tasks = [task for task in tasks if assignee in waited_for(task)]
        return sorted(tasks, key=lambda task: (-task.priority, task.due_at is None, task.due_at, task.created_at))

    async def audit(self, workflow_id: str) -> list[Entry]:
        """Who did or tried what, when, in order.

        Raises:
            NoWorker: No worker answers. *Retryable.*
            NotFound: There is no such workflow. *Not retryable.*
        """
        return await self._query(workflow_id, names.AUDIT, list[Entry])

    async def pollers(self, task_queue: str | None = None) -> int:
        """How many workers have polled a task queue for workflow tasks within the last minutes."""
        with translated("The task queue"):
            found = await self.temporal.workflow_service.describe_task_queue(
                DescribeTaskQueueRequest(
                    namespace=self.temporal.namespace,
                    task_queue=TaskQueue(name=task_queue or self.task_queue),
                    task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                )
            )
        return len(found.pollers)

    # --- act ---

    async def decide(self, workflow_id: str, decision: Decision) -> Receipt:
        """Answer a human task.

        Raises:
            Refused: The decision does not fit; nothing changed. *Not retryable.*
            NoWorker: No worker took it in time. With a `decision_id` it may be sent again: it counts once. *Retryable.*
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        return await self._update(workflow_id, names.SUBMIT_DECISION, decision, Receipt)

    async def event(self, workflow_id: str, event: Event) -> Receipt:
        """Tell a workflow of something that happened outside.

        Raises:
            NoWorker: No worker took it in time. With an `event_id` it may be sent again: it counts once. *Retryable.*
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        return await self._update(workflow_id, names.SUBMIT_EVENT, event, Receipt)

    async def assign(self, workflow_id: str, change: Assignment) -> Task:
        """Claim, unclaim, delegate or reassign a human task; the task as it is then.

        Raises:
            Refused: It is not open, or claimed by somebody else. *Not retryable.*
            NoWorker: No worker took it in time. *Retryable.*
        """
        return await self._update(workflow_id, names.ASSIGN, change, Task)

    async def recover(self, workflow_id: str, recovery: Recovery) -> Status:
        """What is to be done with a parked stage; where the workflow stands then.

        Raises:
            Refused: No such stage is parked, or the action is not offered. *Not retryable.*
            NoWorker: No worker took it in time. *Retryable.*
        """
        return await self._update(workflow_id, names.RECOVER, recovery, Status)

    async def pause(self, workflow_id: str, operator: Operator) -> None:
        """Drain the running stages and start no new ones. The server keeps the signal until a worker takes it.

        Raises:
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        await self._signal(workflow_id, names.PAUSE, operator)

    async def resume(self, workflow_id: str, operator: Operator) -> None:
        """The opposite of `pause`."""
        await self._signal(workflow_id, names.RESUME, operator)

    async def cancel(self, workflow_id: str, *, reason: str = "") -> None:
        """Ask a workflow to stop. It ends cancelled once its running nodes have stopped: `result` waits for that.

        Raises:
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        info = await self.describe(workflow_id)
        if not info.open:  # the server would take the request, and do nothing
            raise NotFound(f"Workflow {workflow_id!r} has ended already: it is {info.state}.")
        with translated(f"Workflow {workflow_id!r}"):
            await self._handle(workflow_id).cancel(reason=reason)

    # --- how ---

    def _handle(self, workflow_id: str, run_id: str | None = None) -> WorkflowHandle[Any, Any]:
        return self.temporal.get_workflow_handle(workflow_id, run_id=run_id)

    async def _query(self, workflow_id: str, name: str, kind: type[T]) -> T:
        with translated(f"Workflow {workflow_id!r}"):
            answer: T = await self._handle(workflow_id).query(name, result_type=kind, rpc_timeout=self.query_timeout)
        return answer

    async def _update(self, workflow_id: str, name: str, payload: BaseModel, kind: type[T]) -> T:
        with translated(f"Workflow {workflow_id!r}"):
            try:
                # The time-out of one call is not enough: the SDK asks again until a worker has taken the update.
                async with asyncio.timeout(self.update_timeout.total_seconds()):
                    done: T = await self._handle(workflow_id).execute_update(
                        name, payload.model_dump(mode="json"), result_type=kind, rpc_timeout=self.update_timeout
                    )
            except TimeoutError as error:
                raise no_worker(f"Workflow {workflow_id!r}") from error
        return done

    async def _signal(self, workflow_id: str, name: str, payload: BaseModel) -> None:
        with translated(f"Workflow {workflow_id!r}"):
            await self._handle(workflow_id).signal(name, payload.model_dump(mode="json"))


def new_id(name: str) -> str:
    """An id for a workflow that was given none: what it runs, and 12 random hexadecimal digits."""
    return f"{name}-{uuid4().hex[:12]}"


def _json(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
