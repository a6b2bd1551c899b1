"""What can be read of workflows, whether or not they have ended."""

from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import WorkflowFailureError

from orchestrator import inbox, names
from orchestrator.caller import Caller
from orchestrator.errors import Refused
from orchestrator.inbox import PAGE, Wanted
from orchestrator.info import WorkflowInfo, state_query
from orchestrator.rpc import NotFound, failed, translated
from orchestrator.wire import Entry, GraphRunResult, Ref, Status, Task


class Reader(Caller):
    """Everything that changes nothing."""

    async def describe(self, workflow_id: str) -> WorkflowInfo:
        """What the server knows of a workflow, whether or not any worker runs.

        Raises:
            NotFound: There is no such workflow. *Not retryable.*
        """
        with translated(f"Workflow {workflow_id!r}"):
            return await WorkflowInfo.of(await self._handle(workflow_id).describe())

    async def memo(self, workflow_id: str, name: str) -> str | None:
        """A text in a workflow's memo; None: there is none of that name.

        Raises:
            NotFound: There is no such workflow. *Not retryable.*
        """
        with translated(f"Workflow {workflow_id!r}"):
            value = await (await self._handle(workflow_id).describe()).memo_value(name, None)
        return value if isinstance(value, str) else None

    async def describe_open(self, workflow_id: str) -> WorkflowInfo:
        """The same, of a workflow that can still be told something.

        Raises:
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        info = await self.describe(workflow_id)
        if not info.open:
            raise NotFound(f"Workflow {workflow_id!r} has ended already: it is {info.state}.")
        return info

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
            async for execution in self.temporal.list_workflows(wanted or None, page_size=min(limit or PAGE, PAGE)):
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

        A head has no form and no payload: `task` does. Of each workflow the first 20 are kept. `orchestrator.inbox`
        finds by more than the assignee.

        Args:
            assignee: Only those that wait for this person (`ann`) or group (`group:underwriters`).
        """
        return (await inbox.read(self.temporal, Wanted(whom=frozenset({assignee} if assignee else ())))).tasks

    async def task(self, workflow_id: str, task_id: str | None = None) -> Task:
        """One open human task, with form and payload; without its id, the only one.

        Raises:
            Refused: It is not open, or several are. *Not retryable.*
            NoWorker: No worker answers. *Retryable.*
            NotFound: There is no such workflow. *Not retryable.*
        """
        found = {task.task_id: task for task in await self.tasks(workflow_id)}
        open_ = ", ".join(found) or "none"
        if task_id is None and not found:
            raise Refused(f"Workflow {workflow_id!r} has no open task.")
        if task_id is None and len(found) > 1:
            raise Refused(f"Workflow {workflow_id!r} has {len(found)} open tasks, so say which; open are: {open_}.")
        try:
            return found[task_id or next(iter(found))]
        except KeyError:
            raise Refused(f"Task {task_id} of workflow {workflow_id!r} is not open; open are: {open_}.") from None

    async def load(self, ref: Ref) -> Any:
        """A value that travels by reference: a task's payload, an output.

        Raises:
            ThreadLost: This client's checkpointer does not have it. *Not retryable.*
            StoreUnavailable: Its database does not answer. *Retryable.*
        """
        from orchestrator.checkpoints.values import load  # LangGraph takes its time to import

        return await load(self.checkpoints, ref)

    async def audit(self, workflow_id: str) -> list[Entry]:
        """Who did or tried what, when, in order.

        Raises:
            NoWorker: No worker answers. *Retryable.*
            NotFound: There is no such workflow. *Not retryable.*
        """
        return [Entry.model_validate(row) for row in await self.trail(workflow_id)]

    async def trail(self, workflow_id: str) -> list[dict[str, Any]]:
        """The same as JSON, with every field that the worker knows: what `orchestrator.trail` checks.

        Raises:
            ThreadLost: Its older part is in another checkpointer than this client's. *Not retryable.*
            StoreUnavailable: The checkpointer does not answer. *Retryable.*
        """
        recent = await self.recent(workflow_id)
        if not recent or recent[0].get("seq", 0) <= 1:
            return recent
        from orchestrator.checkpoints.archive import whole  # LangGraph takes its time to import

        return await whole(self.checkpoints, recent)

    async def recent(self, workflow_id: str) -> list[dict[str, Any]]:
        """The part of the trail that the workflow itself has: the whole of it up to 1,000 entries."""
        return await self._query(workflow_id, names.AUDIT, list[dict[str, Any]])

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
            output = await self.load(Ref.model_validate(returned["output_ref"]))
            returned |= {"output": output, "output_ref": None}
        return returned

    async def graph_result(self, workflow_id: str, *, run_id: str | None = None) -> GraphRunResult:
        """What a GraphRun returned; see `result`."""
        return GraphRunResult.model_validate(await self.result(workflow_id, run_id=run_id))

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
