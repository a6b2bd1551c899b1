"""Whether processes that run now could go on with the code at hand: what a deploy would do to them, before it does."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from orchestrator import names
from orchestrator.activity.changed import check_same_graph, runs_on
from orchestrator.activity.compiled import CompiledGraph, compile_graph
from orchestrator.activity.fingerprints import FINGERPRINT
from orchestrator.activity.migrating import migrated_checkpoint
from orchestrator.app import Orchestrator
from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.serde import check_opened
from orchestrator.checkpoints.store import CheckpointStore, root_of
from orchestrator.checkpoints.upkeep import ThreadRow, upkeep
from orchestrator.errors import GraphChanged, KeyMissing
from orchestrator.model import Record
from orchestrator.reader import Reader
from orchestrator.rpc import translated
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

PAGE = 1000

Verdict = Literal["same", "fits", "migrates", "parks", "stuck", "unknown"]
"""The same graph wrote it; another did, and it goes on; so it does once migrated; it would park; its workflow's code
does not fit the history; it cannot be read here, because it is encrypted."""


class Standing(Record):
    """One stage that has begun and not ended, or one workflow that would be stuck."""

    workflow_id: str
    stage: str
    graph: str
    fingerprint: str | None
    """Of the graph that wrote the thread last."""
    verdict: Verdict
    detail: str = ""


async def standings(app: Orchestrator, settings: Settings, client: Reader, task_queue: str) -> AsyncIterator[Standing]:
    """Every unfinished stage of the workflows that run on the task queue now. Writes nothing, and needs no worker.

    Raises:
        ConfigurationError: A graph cannot be built. *Not retryable.*
        StoreUnavailable: A checkpointer's database does not answer. *Retryable.*
    """
    running = await _running(client, task_queue)
    async with AsyncExitStack() as stack:
        for url in _checkpointers(app, settings):
            store = await stack.enter_async_context(open_store(url, settings, client.temporal.namespace))
            compiled = {
                name: await compile_graph(definition, store)
                for name, definition in app.graphs.items()
                if (definition.checkpointer or app.checkpointer or settings.checkpoints) == url
            }
            for thread in await _threads(store, running):
                try:
                    standing = await _standing(store, compiled, thread, set(app.graphs))
                except KeyMissing as error:
                    standing = Standing(
                        workflow_id=thread.workflow_id or "",
                        stage=thread.stage,
                        graph="?",
                        fingerprint=None,
                        verdict="unknown",
                        detail=str(error),
                    )
                if standing is not None:
                    yield standing


async def judged(
    compiled: CompiledGraph, saver: BaseCheckpointSaver[str], saved: CheckpointTuple
) -> tuple[Verdict, str]:
    """What would become of a thread, and why."""
    before = saved.metadata.get(FINGERPRINT)
    if before == compiled.fingerprint:
        return "same", ""
    definition = compiled.definition
    try:
        migrations = () if before == compiled.first_fingerprint else definition.migrations
        checkpoint, done = migrated_checkpoint(migrations, definition.name, saved)
        after = saved._replace(checkpoint=checkpoint)
        await check_same_graph(compiled.graph, saver, definition.name, compiled.fingerprint, after)
    except GraphChanged as error:
        return "parks", str(error)
    return ("migrates", ", ".join(done)) if done else ("fits", "")


async def _running(client: Reader, task_queue: str) -> dict[str, set[str]]:
    """The workflows that run there now; of each the run that it began with, and the one it is in."""
    found: dict[str, set[str]] = {}
    with translated("The list"):
        async for execution in client.temporal.list_workflows(running_on(task_queue)):
            found[execution.id] = {execution.run_id, execution.raw_info.first_run_id} - {""}
    return found


def running_on(task_queue: str) -> str:
    """The visibility query for what runs on a task queue now."""
    return f"ExecutionStatus = 'Running' AND TaskQueue = {json.dumps(task_queue)}"


def _checkpointers(app: Orchestrator, settings: Settings) -> list[str]:
    default = app.checkpointer or settings.checkpoints
    urls = {definition.checkpointer or default for definition in app.graphs.values()} or {default}
    return sorted(url for url in urls if not url.startswith("memory:"))


async def _threads(store: CheckpointStore, running: Mapping[str, set[str]]) -> list[ThreadRow]:
    """The thread of each stage of these workflows: of several (it was branched), the one that was taken last."""
    latest: dict[str, ThreadRow] = {}
    after = ""
    while rows := await upkeep(store).threads(after, PAGE):
        after = rows[-1].thread_id
        for row in rows:
            if row.workflow_id not in running:
                continue
            root = root_of(row.thread_id)
            before = latest.get(root)
            if before is None or (before.turn, before.attempt) < (row.turn, row.attempt):
                latest[root] = row
    return [row for row in latest.values() if _is_current(row, running[row.workflow_id or ""])]


def _is_current(row: ThreadRow, runs: set[str]) -> bool:
    """Whether the thread is the running workflow's: an ended one of the same id may have left others."""
    return row.run_id in runs or any(f"/{names.short(run)}/" in row.thread_id for run in runs)


async def _standing(
    store: CheckpointStore, compiled: Mapping[str, CompiledGraph], thread: ThreadRow, known: set[str]
) -> Standing | None:
    head = await upkeep(store).head(thread.thread_id)
    if head.graph is None:
        return None
    found = {"workflow_id": thread.workflow_id or "", "stage": thread.stage, "graph": head.graph}
    if head.graph not in compiled:
        if head.graph in known:
            return None  # its checkpointer was changed: the stage's lease says that it is there no longer
        detail = f"the application has no graph {head.graph!r}"
        return Standing(**found, fingerprint=None, verdict="parks", detail=detail)
    graph = compiled[head.graph]
    config: RunnableConfig = {"configurable": {"thread_id": thread.thread_id, "checkpoint_ns": ""}}
    saver = store.saver(None, graph.serde)
    saved = await saver.aget_tuple(config)
    if saved is None:
        return None
    check_opened(saved)
    if not runs_on(saved.checkpoint["channel_values"]):
        snapshot = await graph.bound(saver).aget_state(config)
        if not snapshot.tasks:
            return None
    verdict, detail = await judged(graph, saver, saved)
    fingerprint = saved.metadata.get(FINGERPRINT)
    return Standing(**found, fingerprint=str(fingerprint) if fingerprint else None, verdict=verdict, detail=detail)
