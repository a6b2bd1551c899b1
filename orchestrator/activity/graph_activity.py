"""The graph activity: one turn of a stage, from whatever its predecessor left to an outcome."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphDrained, is_invalid_resume
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from orchestrator import names
from orchestrator.activity.attempt import Found, breakpoint_wait, look
from orchestrator.activity.by_reference import lightened, loaded
from orchestrator.activity.compiled import CompiledGraph
from orchestrator.activity.continuing import Continuing
from orchestrator.activity.ending import Ending
from orchestrator.activity.failures import classify, to_application_error
from orchestrator.activity.fingerprints import FINGERPRINT
from orchestrator.activity.migrating import migrated
from orchestrator.activity.progress import Progress, beating, previous_heartbeat
from orchestrator.activity.pruning import Pruning
from orchestrator.activity.repair import amend_fork, forked, repaired
from orchestrator.activity.threads import STAGE, StageThreads
from orchestrator.activity.waits import as_json
from orchestrator.activity.watch import Watch
from orchestrator.activity.watched import WatchedSaver
from orchestrator.calls import Rewind, StageCall, StageOutcome, Standing
from orchestrator.checkpoints.store import GRAPH, CheckpointStore, ForeignThread, Lease, Token, branch_of, root_of
from orchestrator.checkpoints.values import keep_if_large, load_from
from orchestrator.errors import ThreadLost
from orchestrator.model import reasons
from orchestrator.telemetry.metrics import CHECKPOINT_BYTES
from orchestrator.telemetry.observers import UNOBSERVED, Observed, Observers
from orchestrator.waits import KEY_ROOT

log = structlog.get_logger(__name__)


def graph_activity(
    compiled: CompiledGraph,
    threads: StageThreads,
    stores: Mapping[str, CheckpointStore],
    grace: timedelta,
    observers: Observers = UNOBSERVED,
) -> Callable[[StageCall], Any]:
    """The Temporal activity of one graph; its activity type is the graph's name. `grace` is how long a node may go on
    once the worker was told to stop."""
    name = compiled.definition.name
    compiled.serde.on_bytes = lambda size: observers.measures.count(CHECKPOINT_BYTES, size, graph=name)

    @activity.defn(name=name)
    async def run_graph(call: StageCall) -> StageOutcome:
        return await Turn(compiled, stores, call, Ending(call, threads, grace), observers).run()

    return run_graph


class Turn:
    """One activity execution (one attempt) of a stage."""

    def __init__(
        self,
        compiled: CompiledGraph,
        stores: Mapping[str, CheckpointStore],
        call: StageCall,
        ending: Ending,
        observers: Observers,
    ) -> None:
        self.compiled = compiled
        self.stores = stores
        self.call = call
        self.info = activity.info()
        self.ending = ending
        self.migrated: list[str] = []
        self.progress = Progress(stage=call.stage)
        self.continuing = Continuing(compiled, call) if call.continues is not None else None
        self.observed = Observed(observers, call, self.info)
        self.log = log.bind(
            workflow_id=self.info.workflow_id,
            run_id=self.info.workflow_run_id,
            stage=call.stage,
            thread=call.thread_id,
            attempt=self.info.attempt,
        )

    async def run(self) -> StageOutcome:
        """The outcome, or an ApplicationError whose type is a `GraphFailure`'s name."""
        STAGE.set(f"{self.call.thread_id}#{self.call.turn}#{self.info.attempt}")
        structlog.contextvars.bind_contextvars(
            workflow_id=self.info.workflow_id,
            run_id=self.info.workflow_run_id,
            stage=self.call.stage,
            thread=self.call.thread_id,
            attempt=self.info.attempt,
        )
        work = asyncio.create_task(
            self._turn() if self.call.repair is None else self._repair(), name=f"stage {self.call.stage}"
        )
        try:
            async with beating(self.progress):
                return await self.ending.outcome_of(work) or self._drained()
        except (asyncio.CancelledError, ApplicationError):
            raise
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # a node's, which has no business to end the worker
            failure = classify(error, self.call.graph)
            self.log.warning("stage failed", failure=type(failure).__name__, exc_info=error)
            self.observed.failed(type(failure).__name__)
            progress, attempt = self.progress, self.info.attempt
            stands = Standing(checkpoint_id=progress.checkpoint_id, steps=progress.steps, attempt=attempt)
            raise to_application_error(failure, stands) from error

    async def _repair(self) -> StageOutcome:
        await self._acquire()
        return await repaired(self.compiled, self.call, self.info.workflow_run_id or "", self.info.attempt)

    async def _turn(self) -> StageOutcome:
        lease = await self._acquire()
        base = self.call.rewind.checkpoint_id if self.call.rewind else ""
        prunes = self.compiled.definition.keep != "all" and self.call.durability == "sync"
        self.pruning = Pruning(self.compiled.store, lease, base, wanted=prunes)
        answers = [await loaded(self.stores, answer) for answer in self.call.answers]
        call = self.call.model_copy(update={"answers": answers})
        watch, callbacks = Watch(call, self.compiled.fingerprint), self.observed.callbacks()
        saver = WatchedSaver(self.compiled.store.saver(lease, self.compiled.serde, self._on_checkpoint), watch)
        graph = self.compiled.bound(saver)
        config: RunnableConfig = {
            "configurable": {"thread_id": call.thread_id, KEY_ROOT: root_of(call.thread_id)},
            "metadata": {FINGERPRINT: self.compiled.fingerprint, GRAPH: call.graph},
            "recursion_limit": call.recursion_limit,
            "callbacks": callbacks,
        }
        await amend_fork(graph, saver, config, call)
        self.migrated = await migrated(self.compiled, saver, config)
        begins = self.continuing.base.checkpoint_id if self.continuing else None
        found = await look(self.compiled, graph, saver, call, config, begins=begins)
        self._check_not_lost(found)
        self.progress.on_checkpoint(found.checkpoint_id or "", found.steps)
        self.log.info("stage begins", found=found.kind, turn=call.turn, answers=len(found.resume))
        self.observed.found(found.kind)
        refused: str | None = None
        watch.begins(found.kind, callbacks)
        if found.kind in ("fresh", "resuming"):
            try:
                if found.kind == "fresh":
                    if call.input_ref is not None:
                        call = call.model_copy(update={"input": await load_from(self.stores, call.input_ref)})
                    self.compiled.check_input(call.input, call.context)
                if not found.asked:
                    await self._stream(graph, None, config)
                    found = await look(self.compiled, graph, saver, call, config)
                output = await self._stream(graph, found.input(call), config)
            except GraphDrained:
                return self._drained()
            except ValidationError as error:
                if not is_invalid_resume(error):
                    raise
                refused = reasons(error)
                output = await self._stream(graph, None, config)
            found = await look(self.compiled, graph, saver, _without_answers(call), config)
            if found.kind == "resuming":  # stopped with work left and no question: a breakpoint inside a subgraph
                found = replace(found, kind="waiting", waits=[breakpoint_wait("inside", [], found.checkpoint_id or "")])
        else:
            output = self.compiled.output(found.values)
        self.progress.on_checkpoint(found.checkpoint_id or "", found.steps)
        if found.kind == "waiting":
            self.log.info("stage waits", waits=len(found.waits))
            await self.pruning.now()
            waits = await lightened(self.compiled.store, self.call.thread_id, found.waits)
            return self._outcome("waiting", waits=waits, rewind=await self._rewind(found), refused=refused)
        return await self._completed(lease, found, output)

    async def _completed(self, lease: Lease, found: Found, output: Any) -> StageOutcome:
        self.log.info("stage completed", steps=found.steps)
        thread_id = self.call.thread_id
        value, ref = await keep_if_large(self.compiled.store, f"{thread_id}/output", as_json(output))
        if self.continuing is not None:
            await self.continuing.leave(thread_id, found.checkpoint_id or "")
        if self.compiled.definition.keep == "latest":
            await self.compiled.store.prune(lease)
        else:
            await self.pruning.now()
        return self._outcome("completed", output=value, output_ref=ref)

    async def _acquire(self) -> Lease:
        """The lease of this attempt. If the workflow was reset, on a copy of its thread as the history knows it."""
        store, call = self.compiled.store, self.call
        run_id = self.info.workflow_run_id or ""
        token = Token(call.turn, self.info.attempt)
        lease = Lease(call.thread_id, run_id, token)
        source, rewind = call.thread_id, call.rewind
        if call.fork is not None and rewind is None:
            source, rewind = call.fork.thread_id, await forked(self.compiled, call.fork)
        if self.continuing is not None:
            source, rewind = await self.continuing.source(source, rewind)
        try:
            if source == call.thread_id or call.continued_from is not None:
                await store.acquire(lease, call.continued_from)
            else:
                await store.branch(source, lease, rewind, self.compiled.serde)
        except ForeignThread:
            branch = branch_of(call.thread_id, names.short(run_id))
            lease = Lease(branch, run_id, token)
            await store.branch(source, lease, rewind, self.compiled.serde)
            self.log.info("the workflow was reset; its thread was branched", branch=branch)
            self.call = call.model_copy(update={"thread_id": branch, "checkpoint_id": None})
        return lease

    async def _stream(self, graph: Any, value: Any, config: RunnableConfig) -> Any:
        """Run the graph to its end or its next wait; the last values are what `invoke` would return."""
        latest = None
        async for mode, payload in graph.astream(
            value,
            config,
            context=self.call.context,
            stream_mode=["tasks", "values"],
            output_keys=graph.output_channels,
            durability=self.call.durability,
            control=self.ending.control,
        ):
            if mode == "tasks":
                self.progress.on_task(payload)
                self.observed.on_task(payload)
            else:
                latest = payload
                await self.pruning.on_step(self.progress.steps)
        return latest

    def _on_checkpoint(self, checkpoint_id: str, step: int) -> None:
        self.progress.on_checkpoint(checkpoint_id, step)
        self.observed.on_checkpoint()

    async def _rewind(self, found: Found) -> Rewind:
        """What a reset to this wait will have to go back to."""
        latest = await self.compiled.store.latest(self.call.thread_id)
        waiting = [task for wait in found.waits for task in wait.asked_through]
        return Rewind(checkpoint_id=latest or found.checkpoint_id or "", waiting=waiting)

    def _check_not_lost(self, found: Found) -> None:
        """A thread must still be where it was (LangGraph's checkpoint ids sort by time): going on from an earlier point
        would repeat what it had done."""
        heartbeat = previous_heartbeat()
        known = max(self.call.checkpoint_id or "", (heartbeat.checkpoint_id if heartbeat else None) or "")
        if (found.checkpoint_id or "") < known:
            stands = f"is at checkpoint {found.checkpoint_id}" if found.checkpoint_id else "is gone"
            raise ThreadLost(
                f"Stage {self.call.stage!r}: thread {self.call.thread_id} {stands}, and stood at {known} before. "
                "Restore the database and `orchestrator recover --action retry`, or abort."
            )

    def _drained(self) -> StageOutcome:
        self.log.info("stage drained", reason=self.ending.control.drain_reason)
        return self._outcome("drained")

    def _outcome(self, state: Any, **fields: Any) -> StageOutcome:
        return StageOutcome(
            state=state,
            thread_id=self.call.thread_id,
            checkpoint_id=self.progress.checkpoint_id or self.call.checkpoint_id,
            steps=self.progress.steps,
            migrated=self.migrated,
            policy=self.call.policy,
            **fields,
        )


def _without_answers(call: StageCall) -> StageCall:
    return call.model_copy(update={"answers": []})
