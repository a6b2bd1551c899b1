"""Our Python client: start, look, decide, steer. Async only; thin over `temporalio.client`, typed with the wire models.

    client = await OrchestratorClient.connect()
    run = await client.start_graph("review", {"text": "..."}, id="review-1")
    await client.decide("review-1", Decision(action="approve", by="ann"))
    print(await client.result("review-1"))

Everything else that Temporal offers (terminate, reset, histories) is a step away: `client.temporal`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self, TypeVar
from uuid import uuid4

from pydantic import BaseModel
from pydantic_core import to_json

from orchestrator import described, names
from orchestrator.caller import QUERY_TIMEOUT, UPDATE_TIMEOUT
from orchestrator.connect import connect
from orchestrator.forking import ForkPlan, plan_fork
from orchestrator.large import is_large
from orchestrator.options import Options
from orchestrator.reader import Reader
from orchestrator.rpc import translated
from orchestrator.wire import (
    Assignment,
    Decision,
    Event,
    GraphRunInput,
    Operator,
    Parking,
    Receipt,
    Recovery,
    Status,
    Task,
)

__all__ = ["QUERY_TIMEOUT", "UPDATE_TIMEOUT", "OrchestratorClient", "Run", "new_id"]

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Run:
    """A workflow that was started."""

    workflow_id: str
    run_id: str


class OrchestratorClient(Reader):
    """Reading (see `Reader`), starting and acting, in one namespace; see `Caller` for the arguments."""

    @classmethod
    async def connect(cls, *, task_queue: str = names.DEFAULT_TASK_QUEUE, checkpoints: str | None = None) -> Self:
        """A client of the server that Temporal's own `TEMPORAL_*` variables and profile files name.

        Raises:
            Unreachable: No server answers there. *Retryable.*
        """
        return cls(await connect(), task_queue=task_queue, checkpoints=checkpoints)

    # --- start ---

    async def start_graph(
        self,
        graph: str,
        input: Any = None,  # noqa: A002 - LangGraph's word for it
        *,
        id: str | None = None,  # noqa: A002 - Temporal's word for it
        context: dict[str, Any] | None = None,
        options: Options | None = None,
        task_queue: str | None = None,
        started_by: str | None = None,
    ) -> Run:
        """Start a registered graph as a workflow of its own.

        Args:
            graph: The name it is registered under.
            input: JSON, or a model that dumps to it.
            id: The workflow's id; without it the graph's name and a random part.
            context: LangGraph's static context of the run.
            options: Over those it is registered with.
            task_queue: Of the workers that have it; this client's by default.
            started_by: Who starts it, for tasks that its starter may not decide.

        Raises:
            AlreadyExists: A workflow of that id runs already. *Not retryable.*
        """
        workflow_id = id or new_id(graph)
        given = GraphRunInput(graph=graph, input=_json(input), context=context, options=options)
        given = await self._lightened(given, "input", f"{workflow_id}/{uuid4().hex[:8]}/input")
        request = given.model_dump(mode="json", exclude_none=True) | {"input": given.input}
        return await self.start_workflow(
            names.GRAPH_RUN, request, id=workflow_id, task_queue=task_queue, started_by=started_by
        )

    async def start_workflow(
        self,
        workflow: str,
        *args: Any,
        id: str | None = None,  # noqa: A002 - Temporal's word for it
        task_queue: str | None = None,
        started_by: str | None = None,
        memo: Mapping[str, Any] | None = None,
    ) -> Run:
        """Start a workflow by its type's name; see `start_graph`. `memo`: what else its memo is to say.

        Raises:
            AlreadyExists: A workflow of that id runs already. *Not retryable.*
        """
        workflow_id = id or new_id(workflow)
        with translated(f"Workflow {workflow_id!r}"):
            handle = await self.temporal.start_workflow(
                workflow,
                args=args,
                id=workflow_id,
                task_queue=task_queue or self.task_queue,
                memo={**(memo or {}), **({names.MEMO_STARTED_BY: started_by} if started_by else {})} or None,
                static_summary=described.summary(workflow, args),
                static_details=described.details(workflow, args, started_by, workflow_id),
            )
        return Run(workflow_id, handle.result_run_id or "")

    # --- act ---

    async def decide(self, workflow_id: str, decision: Decision) -> Receipt:
        """Answer a human task. Values over 256 KiB are put into the checkpointer, and travel by reference.

        Raises:
            Refused: The decision does not fit; nothing changed. *Not retryable.*
            NoWorker: No worker took it in time. With a `decision_id` it may be sent again: it counts once. *Retryable.*
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        key = f"{workflow_id}/decisions/{decision.decision_id or uuid4().hex}"
        light = await self._lightened(decision, "values", key)
        return await self._update(workflow_id, names.SUBMIT_DECISION, light, Receipt)

    async def event(self, workflow_id: str, event: Event) -> Receipt:
        """Tell a workflow of something that happened outside; a payload over 256 KiB travels by reference.

        Raises:
            NoWorker: No worker took it in time. With an `event_id` it may be sent again: it counts once. *Retryable.*
            NotFound: There is no such workflow, or it has ended. *Not retryable.*
        """
        key = f"{workflow_id}/events/{event.event_id or uuid4().hex}"
        light = await self._lightened(event, "payload", key)
        return await self._update(workflow_id, names.SUBMIT_EVENT, light, Receipt)

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

    async def park(self, workflow_id: str, parking: Parking) -> Status:
        """Stop a stage that goes wrong, so that it can be recovered. A node that runs is let end first.

        Raises:
            Refused: It is parked, over or not there. *Not retryable.*
            NoWorker: No worker answers. *Retryable.*
        """
        return await self._update(workflow_id, names.PARK, parking, Status)

    async def fork(
        self,
        workflow_id: str,
        *,
        stage: str | None = None,
        checkpoint_id: str | None = None,
        values: dict[str, Any] | None = None,
        id: str | None = None,  # noqa: A002 - Temporal's word for it
        task_queue: str | None = None,
        by: str | None = None,
        reason: str | None = None,
        context: dict[str, Any] | None = None,
        options: Options | None = None,
    ) -> Run:
        """Go on from a checkpoint of a stage in a workflow of its own; the old one is left as it is. Needs no worker,
        but the checkpointer.

        Of a `Process`, the stage alone is gone on with. Whoever started the old workflow counts as the new one's
        starter, and whoever edited something in it as an editor; with `values`, whoever forks it does too.

        Args:
            workflow_id: Whose stage it is, running or ended.
            stage: Its name; without it the only one, or the latest.
            checkpoint_id: Where from; without it, where the stage stands.
            values: Keys of the state to replace first.
            id: The new workflow's id; without it the old one's and a random part.
            task_queue: Of the workers that have the graph; by default where the old workflow runs.
            by: Who forks it; this and the reason stand in the new workflow's audit trail and memo.
            reason: Why.
            context: Instead of the stage's own.
            options: Over the stage's own.

        Raises:
            Refused: There is no such stage or checkpoint. *Not retryable.*
            AlreadyExists: A workflow of the new id runs already. *Not retryable.*
        """
        plan = await plan_fork(
            self,
            workflow_id,
            checkpointer=lambda _graph: self.checkpoints,
            stage=stage,
            checkpoint_id=checkpoint_id,
            values=values,
            by=by,
            reason=reason,
            context=context,
            options=options,
        )
        return await self.start_fork(plan, id=id, task_queue=task_queue)

    async def start_fork(
        self,
        plan: ForkPlan,
        *,
        id: str | None = None,  # noqa: A002 - Temporal's word for it
        task_queue: str | None = None,
    ) -> Run:
        """Start a fork that was planned; see `fork`."""
        return await self.start_workflow(
            names.GRAPH_RUN,
            plan.request.model_dump(mode="json", exclude_none=True),
            id=id or new_id(f"{plan.fork.workflow_id}-fork"),
            task_queue=task_queue or plan.task_queue,
            started_by=plan.started_by,
            memo=plan.memo,
        )

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
        await self.describe_open(workflow_id)  # of an ended one the server would take the request, and do nothing
        with translated(f"Workflow {workflow_id!r}"):
            await self._handle(workflow_id).cancel(reason=reason)

    # --- how ---

    async def _lightened(self, message: M, field: str, key: str) -> M:
        """The message, with what is too large for the history put where its `…_ref` then says."""
        value = _json(getattr(message, field))
        if not is_large(value):
            return message
        from orchestrator.checkpoints.values import keep_for_start  # LangGraph takes its time to import

        # Values sent again under the same id must not replace the ones that were accepted.
        digest = sha256(to_json(value)).hexdigest()[:12]
        _, ref = await keep_for_start(self.checkpoints, f"{key}/{digest}", value)
        return message.model_copy(update={field: None, f"{field}_ref": ref})


def new_id(name: str) -> str:
    """An id for a workflow that was given none: what it runs, and 12 random hexadecimal digits."""
    return f"{name}-{uuid4().hex[:12]}"


def _json(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
