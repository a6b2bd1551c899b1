"""What is kept, what goes, and why: finished threads after their graph's time, and never what may still be needed.

Temporal is asked about each workflow. While it is open, and while Temporal could still reset it or show its result
(within the namespace's own retention), its threads and values stay; so does what is held, and what a continued thread's
next run begins with.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from orchestrator.app import Orchestrator
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.checkpoints.upkeep import Head, ThreadRow, Upkeep, ValueRow, upkeep
from orchestrator.model import Wire
from orchestrator.retention_report import Because, Item, Report, Tally
from orchestrator.rpc import translated

PAGE = 200
"""Threads or values at a time."""
AT_THE_SAME_TIME = 10
"""Workflows that Temporal is asked about."""
SETTLED = timedelta(days=1)
"""An orphan is older than this: what a client has put down for a workflow that it is about to start is none."""


class Wanted(Wire):
    """What a run of the retention is to do."""

    dry_run: bool = False
    orphans: bool = False
    """Also what nothing says how long to keep, of workflows that Temporal no longer knows."""
    older_than: timedelta = SETTLED
    """Of orphans."""


@dataclass(frozen=True)
class Known:
    """What Temporal knows of a workflow."""

    state: Literal["open", "closed", "gone"]
    closed_at: datetime | None = None


class Sweep:
    """One run of the retention.

    Args:
        app: Says how long each graph's threads are kept.
        stores: Where the threads are.
        client: Of the Temporal that runs the workflows.
        wanted: What to do.
        otherwise: How long threads of graphs that do not say are kept; None: for ever.
        tell: Told how far it is, after each page.
    """

    def __init__(
        self,
        app: Orchestrator,
        stores: Iterable[CheckpointStore],
        client: Client,
        wanted: Wanted,
        *,
        otherwise: timedelta | None = None,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.app = app
        self.otherwise = otherwise
        self.keepers = [upkeep(store) for store in stores]
        self.client = client
        self.wanted = wanted
        self.tell = tell
        self.now = datetime.now(UTC)
        self.tally = Tally()
        self._held: set[str] = set()
        self._continued: set[str] = set()
        self._temporals = timedelta(0)
        """How long Temporal keeps a workflow that has ended."""

    async def run(self) -> Report:
        """Go through all stores.

        Raises:
            Unreachable: Temporal does not answer: nothing is deleted without its word. *Retryable.*
            StoreUnavailable: A database does not answer. *Retryable.*
        """
        self._temporals = await namespace_retention(self.client)
        for keeper in self.keepers:
            self._held = {hold.workflow_id for hold in await keeper.holds()}
            self._continued = await keeper.continued()
            after = ""
            while threads := await keeper.threads(after, PAGE):
                await self._each(self._thread(keeper, thread) for thread in threads)
                after = self._at(threads[-1].thread_id)
            after = ""
            while values := await keeper.values(after, PAGE):
                await self._each(self._value(keeper, value) for value in values)
                after = self._at(values[-1].key)
        return self.tally.report(dry_run=self.wanted.dry_run)

    async def _each(self, work: Iterable[Coroutine[Any, Any, None]]) -> None:
        turn = asyncio.Semaphore(AT_THE_SAME_TIME)

        async def one(each: Coroutine[Any, Any, None]) -> None:
            async with turn:
                await each

        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(one(each))

    def _at(self, key: str) -> str:
        counted = self.tally.counted
        self.tell(f"{counted['threads']} threads, {counted['values']} values; at {key[:60]}")
        return key

    # --- threads ---

    async def _thread(self, keeper: Upkeep, thread: ThreadRow) -> None:
        workflow_id = thread.workflow_id
        if workflow_id is None:
            self.tally.kept["not ours"] += 1
            return
        head = await keeper.head(thread.thread_id)
        graph = head.graph or self._graph_of(thread.stage)
        because, why = await self._verdict(thread, head, graph)
        if because is None:
            self.tally.kept[why] += 1
            return
        checkpoints, size_bytes = await keeper.size(thread.thread_id)
        item = Item(
            kind="thread",
            id=thread.thread_id,
            workflow_id=workflow_id,
            graph=graph,
            because=because,
            checkpoints=checkpoints,
            size_bytes=size_bytes,
            last_used_at=head.at,
        )
        await self._go(item, lambda: keeper.drop(thread))

    async def _verdict(self, thread: ThreadRow, head: Head, graph: str | None) -> tuple[Because | None, str]:
        """Why it goes, or else why it stays. What costs a call comes last."""
        definition = self.app.graphs.get(graph or "")
        because: Because = "orphan" if definition is None else "due"
        period = self.otherwise if definition is None or definition.retention is None else definition.retention
        least = self.wanted.older_than if definition is None else period
        if thread.workflow_id in self._held or thread.thread_id in self._continued:
            return None, "held" if thread.workflow_id in self._held else "continued"
        if least is None:
            return None, "for ever"
        if head.at is not None and self.now - head.at < least:
            return None, "not due"
        known = await self._known(thread.workflow_id or "")
        why = self._needed(known)
        if why is None and known.closed_at is not None and self.now - known.closed_at < least:
            why = "not due"
        return (because, "") if why is None else (None, why)

    def _needed(self, known: Known) -> str | None:
        """Why Temporal may still need what belongs to a workflow."""
        if known.state == "open":
            return "workflow is open"
        within = known.closed_at is not None and self.now - known.closed_at < self._temporals
        return "workflow could be reset" if within else None

    def _graph_of(self, stage: str) -> str | None:
        """Of a thread that does not say: stages are called as their graphs, and repeated ones get a number."""
        return next((name for name in (stage, stage.rpartition("-")[0]) if name in self.app.graphs), None)

    # --- values ---

    async def _value(self, keeper: Upkeep, value: ValueRow) -> None:
        why = await self._value_stays(keeper, value)
        if why is not None:
            self.tally.kept[why] += 1
            return
        item = Item(
            kind="value",
            id=value.key,
            workflow_id=value.workflow_id or "",
            because="orphan",
            size_bytes=value.size_bytes,
            last_used_at=value.created_at,
        )
        await self._go(item, lambda: keeper.drop_value(value))

    async def _value_stays(self, keeper: Upkeep, value: ValueRow) -> str | None:
        """Why; None: it is an orphan."""
        if value.workflow_id is None:
            return "not ours"
        if value.workflow_id in self._held:
            return "held"
        if self.now - value.created_at < self.wanted.older_than:
            return "not due"
        if await keeper.has_threads(value.workflow_id):
            return "goes with its thread"
        return self._needed(await self._known(value.workflow_id))

    # --- both ---

    async def _go(self, item: Item, drop: Callable[[], Awaitable[bool]]) -> None:
        if item.because == "orphan" and not self.wanted.orphans:
            self.tally.kept["orphan"] += 1
            self.tally.orphans.append(item)
        elif self.wanted.dry_run or await drop():
            self.tally.add(item)
        else:
            self.tally.kept["taken meanwhile"] += 1

    async def _known(self, workflow_id: str) -> Known:
        """What Temporal says of the latest run under that id."""
        with translated(f"Workflow {workflow_id!r}"):
            try:
                found = await self.client.get_workflow_handle(workflow_id).describe()
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return Known("gone")
                raise
        return Known("open") if found.close_time is None else Known("closed", found.close_time)


async def namespace_retention(client: Client) -> timedelta:
    """How long Temporal keeps a workflow that has ended.

    Raises:
        Unreachable: It does not answer. *Retryable.*
    """
    with translated(f"Namespace {client.namespace!r}"):
        found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return found.config.workflow_execution_retention_ttl.ToTimedelta()
