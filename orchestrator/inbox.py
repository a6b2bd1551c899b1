"""The open human tasks of all workflows, from the server's list and the memos in it: no worker and no query needed."""

import heapq
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field
from temporalio.client import Client, WorkflowExecution

from orchestrator import names
from orchestrator.errors import GraphFailure, Refused
from orchestrator.info import tasks_of, text
from orchestrator.model import Record, Wire
from orchestrator.rpc import translated
from orchestrator.wire import Task

RUNNING = "ExecutionStatus = 'Running'"
PAGE = 1000
"""Workflows per call."""
HEADS_KEPT = 20
"""Tasks of a workflow that its memo holds: `MEMO_TASKS_SHOWN` of the workflow side, which takes its time to import."""

Order = Literal["priority", "due", "age"]
OpenState = Literal["open", "claimed", "delegated", "escalated"]

NEVER = datetime.max.replace(tzinfo=UTC)
ORDERS: dict[Order, Callable[[Task], tuple[Any, ...]]] = {
    "priority": lambda task: (-task.priority, task.due_at or NEVER, task.created_at, *_name(task)),
    "due": lambda task: (task.due_at or NEVER, -task.priority, task.created_at, *_name(task)),
    "age": lambda task: (task.created_at, -task.priority, *_name(task)),
}


def _name(task: Task) -> tuple[str, str]:
    return task.workflow_id, task.task_id


class Wanted(Wire):
    """Which tasks; a field that is left out does not matter."""

    whom: frozenset[str] = frozenset()
    """Those that wait for one of these people (`ann`) or groups (`group:underwriters`)."""
    state: OpenState | None = None
    due_before: datetime | None = None
    """An aware moment."""
    priority_min: int | None = None

    def fits(self, task: Task) -> bool:
        """Whether it is one of them."""
        return (
            (not self.whom or not self.whom.isdisjoint(task.waits_for))
            and self.state in (None, task.state)
            and (self.due_before is None or (task.due_at is not None and task.due_at < self.due_before))
            and (self.priority_min is None or task.priority >= self.priority_min)
        )

    def query(self) -> str:
        """The visibility query of the workflows that may have some."""
        parts = []
        if self.whom:
            whom = sorted({*self.whom, names.MORE_ASSIGNEES})
            parts.append(f"{names.ORCH_ASSIGNEES} IN ({', '.join(map(text, whom))})")
        if self.due_before is not None:
            parts.append(f"{names.ORCH_DUE_AT} < {text(self.due_before.isoformat())}")
        if not parts:
            return RUNNING
        # A workflow that asks outside of any stage has none of our search attributes.
        return f"{RUNNING} AND (({' AND '.join(parts)}) OR {names.ORCH_STATE} IS NULL)"


class Inbox(Record):
    """What was found."""

    tasks: list[Task] = Field(default_factory=list)
    """In order, at most as many as were asked for. These are heads: without form and payload."""
    found: int = 0
    """How many there are."""
    cut: list[str] = Field(default_factory=list)
    """The workflows of which only the first 20 tasks were looked at: their memos hold no more."""
    illegible: dict[str, str] = Field(default_factory=dict)
    """The workflows whose tasks cannot be read here, each with the reason: they are encrypted."""


async def read(
    client: Client,
    wanted: Wanted,
    *,
    order: Order = "priority",
    limit: int | None = None,
    on_page: Callable[[int], None] = lambda _seen: None,
) -> Inbox:
    """The open tasks that are wanted.

    Args:
        client: Of the namespace.
        wanted: Which ones.
        order: The most urgent first (`priority`, then `due`), those due next first, or the oldest first.
        limit: At most so many; the memory needed grows with it and not with the tasks there are.
        on_page: Hears, about once per call to the server, how many workflows were looked at.

    Raises:
        Refused: The server makes no sense of the query. *Not retryable.*
    """
    kept: list[Task] = []
    found, cut, key = 0, [], ORDERS[order]
    seen = 0
    illegible: dict[str, str] = {}
    async for execution in _executions(client, wanted):
        seen += 1
        if seen % PAGE == 0:
            on_page(seen)
        workflow_id = execution.id
        try:
            heads = await tasks_of(execution)
        except GraphFailure as error:
            illegible[workflow_id] = str(error)
            continue
        if len(heads) == HEADS_KEPT:
            cut.append(workflow_id)
        fitting = [task for task in heads if wanted.fits(task)]
        found += len(fitting)
        kept += fitting
        if limit is not None and len(kept) > limit + PAGE:
            kept = heapq.nsmallest(limit, kept, key)
    return Inbox(tasks=sorted(kept, key=key)[:limit], found=found, cut=cut, illegible=illegible)


async def _executions(client: Client, wanted: Wanted) -> AsyncIterator[WorkflowExecution]:
    try:
        async for one in _listed(client, wanted.query()):
            yield one
    except Refused:
        if wanted.query() == RUNNING:
            raise
        async for one in _listed(client, RUNNING):  # the search attributes are not registered
            yield one


async def _listed(client: Client, query: str) -> AsyncIterator[WorkflowExecution]:
    with translated("The list of tasks"):
        async for execution in client.list_workflows(query, page_size=PAGE):
            yield execution
