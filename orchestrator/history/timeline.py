"""A workflow's history: Temporal's events and LangGraph's checkpoints, merged by time. Needs no worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistoryEventAsyncIterator

from orchestrator import names
from orchestrator.errors import OrchestratorError
from orchestrator.history.happening import Happening
from orchestrator.history.recorded import Recorded
from orchestrator.info import ActivityInfo
from orchestrator.reader import Reader
from orchestrator.rpc import NotFound, translated
from orchestrator.urls import without_password

if TYPE_CHECKING:
    from orchestrator.checkpoints.saved import Saved
    from orchestrator.checkpoints.store import CheckpointStore

PATIENCE_SECONDS = 10
"""How long a checkpointer may take to answer."""


class Checkpoints:
    """The checkpointers of one or several graphs, opened as they are needed. What cannot be read is remarked once."""

    def __init__(self, url_of: Callable[[str], str], remark: Callable[[str], None]) -> None:
        self._url_of = url_of
        self._remark = remark
        self._stack = AsyncExitStack()
        self._stores: dict[str, CheckpointStore | None] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def read(self) -> list[str]:
        """The checkpointers that were read, as they may be shown."""
        return [without_password(url) for url, store in self._stores.items() if store is not None]

    async def of(self, graph: str, thread_id: str) -> "list[Saved]":
        """The checkpoints of a thread, oldest first; none where they cannot be read."""
        url = self._url_of(graph)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                store = await self._store(url)
                return await store.saved(thread_id) if store is not None else []
        except Exception as error:  # noqa: BLE001 - whatever a driver raises: Temporal's part is there all the same
            self._give_up(url, "it does not answer" if isinstance(error, TimeoutError) else str(error))
            return []

    async def _store(self, url: str) -> "CheckpointStore | None":
        from orchestrator.checkpoints.open import open_store  # LangGraph takes its time to import

        if url not in self._stores:
            if urlsplit(url).scheme == "memory":
                self._give_up(url, "only the worker itself can read its memory")
            elif urlsplit(url).scheme == "sqlite" and not Path(urlsplit(url).path[1:]).expanduser().exists():
                self._give_up(url, "there is no such file")
            else:
                self._stores[url] = await self._stack.enter_async_context(open_store(url))
        return self._stores[url]

    def _give_up(self, url: str, why: str) -> None:
        self._stores[url] = None
        self._remark(
            f"Checkpoints in {without_password(url)} cannot be read: {why}. Shown is what Temporal knows; set "
            "ORCHESTRATOR_CHECKPOINTS to the worker's checkpointer, or name the application with --app."
        )


async def history(
    client: Reader,
    workflow_id: str,
    *,
    run_id: str | None = None,
    checkpoints: Checkpoints | None = None,
    remark: Callable[[str], None] = lambda _text: None,
) -> AsyncIterator[Happening]:
    """The lines of a history in order of time, run by run.

    Temporal writes down that an activity began only when that is over, so its events are not in that order.

    Args:
        client: Of the server.
        workflow_id: The workflow.
        run_id: Only this run; without it the latest, and those that it continues, from the first.
        checkpoints: Where the threads are; None: Temporal's part alone.
        remark: Hears of what is missing.

    Raises:
        NotFound: There is no such workflow or run. *Not retryable.*
    """
    runs = [run_id] if run_id is not None else await _chain(client, workflow_id, remark)
    merging = Merging(checkpoints)
    for run in runs:
        recorded = Recorded(run, client.temporal.data_converter)
        lines = []
        with translated(f"Workflow {workflow_id!r}"):
            async for event in _events(client, workflow_id, run):
                lines.append(await recorded.read(event))
                await merging.look(lines[-1], recorded)
        for line in merging.merged(lines):
            yield line
    info = await client.describe(workflow_id)
    if info.run_id == runs[-1]:
        for line in merging.rest():
            yield line
        for activity in info.activities:
            yield _pending(activity)


class Merging:
    """Puts each thread's checkpoints between the events."""

    def __init__(self, checkpoints: Checkpoints | None) -> None:
        self._checkpoints = checkpoints
        self._known: set[str] = set()
        self._shown: set[tuple[str, str, str]] = set()
        self._waiting: list[Happening] = []

    async def look(self, line: Happening, recorded: Recorded) -> None:
        """Fetch the checkpoints of the threads that an event is about."""
        if line.thread_id and line.graph and line.stage and self._checkpoints is not None:
            for thread_id in self._threads(line, recorded):
                await self._load(self._checkpoints, line, thread_id)

    def merged(self, lines: list[Happening]) -> list[Happening]:
        """The events of a run and the checkpoints up to the last of them, by time."""
        end = max(line.at for line in lines)
        found = [saved for saved in self._waiting if saved.at <= end]
        self._waiting = [saved for saved in self._waiting if saved.at > end]
        return sorted([*found, *lines], key=lambda line: line.at)

    def rest(self) -> list[Happening]:
        """The checkpoints after the last event: of nodes that run now, or did until their worker died."""
        return sorted(self._waiting, key=lambda line: line.at)

    def _threads(self, line: Happening, recorded: Recorded) -> list[str]:
        """The threads that an activity may write to: its own, and the copies that a reset or a repair makes."""
        from orchestrator.checkpoints.store import branch_of

        thread_id, run = str(line.thread_id), names.short(recorded.run_id)
        found = [thread_id]
        if recorded.reset_from is not None:
            found.append(branch_of(thread_id, run))
        if line.kind == "repair":
            found.append(branch_of(thread_id, f"{run}-{line.turn}"))
        return found

    async def _load(self, checkpoints: Checkpoints, line: Happening, thread_id: str) -> None:
        if thread_id in self._known:
            return
        found = await checkpoints.of(str(line.graph), thread_id)
        if found:
            self._known.add(thread_id)
        for saved in found:
            key = (str(line.stage), saved.namespace, saved.checkpoint_id)
            if key not in self._shown:  # a copy keeps the ids of what it is a copy of
                self._shown.add(key)
                self._waiting.append(_written(saved, line, thread_id))


def _written(saved: "Saved", line: Happening, thread_id: str) -> Happening:
    asked = sorted({task.node for task in saved.tasks if task.state == "asked"})
    failed = sorted({task.node for task in saved.tasks if task.state == "failed"})
    notes = [
        f"after {', '.join(saved.nodes)}" if saved.nodes else saved.source,
        f"then {', '.join(asked)} asked" if asked else "",
        f"then {', '.join(failed)} failed" if failed else "",
    ]
    return Happening(
        at=saved.at,
        kind="checkpoint",
        what="written",
        text=f"{saved.checkpoint_id}  step {saved.step}  {', '.join(note for note in notes if note)}",
        stage=line.stage,
        run_id=line.run_id,
        graph=line.graph,
        thread_id=thread_id,
        checkpoint_id=saved.checkpoint_id,
        parent_id=saved.parent_id,
        namespace=saved.namespace,
        step=saved.step,
        source=saved.source,
        nodes=saved.nodes,
        asked=asked or None,
        failed=failed or None,
        size_bytes=saved.size_bytes,
    )


def _pending(activity: ActivityInfo) -> Happening:
    """An activity that has not ended: the history will have its attempts once it has."""
    text = f"{activity.type} {activity.state}, attempt {activity.attempt}"
    if activity.nodes:
        text += f", at {', '.join(activity.nodes)}"
    if activity.next_attempt_at:
        text += f", next attempt at {activity.next_attempt_at:%Y-%m-%d %H:%M:%S}Z"
    if activity.last_failure:
        text += f", after {activity.last_failure}"
    return Happening(
        at=datetime.now(UTC),
        kind="pending",
        what=activity.state,
        text=text,
        stage=activity.stage,
        graph=activity.type,
        attempt=activity.attempt,
        nodes=activity.nodes or None,
        until=activity.next_attempt_at,
    )


# --- reading from the server ---


async def _chain(client: Reader, workflow_id: str, remark: Callable[[str], None]) -> list[str]:
    """The latest run and those that it continues, the first one first."""
    run_id = (await client.describe(workflow_id)).run_id
    found = [run_id]
    while before := await _continued(client, workflow_id, run_id):
        try:
            await _continued(client, workflow_id, before)
        except OrchestratorError as error:
            if not isinstance(error, NotFound):
                raise
            remark(f"Run {before} and those before it are gone: the server keeps histories only for so long.")
            break
        found.insert(0, before)
        run_id = before
    return found


async def _continued(client: Reader, workflow_id: str, run_id: str) -> str:
    """The run that a run continues; empty for the first."""
    with translated(f"Workflow {workflow_id!r}"):
        async for event in _events(client, workflow_id, run_id, page_size=1):
            return event.workflow_execution_started_event_attributes.continued_execution_run_id
    return ""


def _events(
    client: Reader, workflow_id: str, run_id: str, page_size: int | None = None
) -> WorkflowHistoryEventAsyncIterator | AsyncIterator[HistoryEvent]:
    handle = client.temporal.get_workflow_handle(workflow_id, run_id=run_id)
    return handle.fetch_history_events(page_size=page_size)
