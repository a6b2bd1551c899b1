"""Look before you leap: what an attempt finds in its thread, and what is therefore left to do.

An attempt never assumes. Its predecessor may have died before the first checkpoint, between two steps, after the last
node, while it took an answer, or between a subgraph's write and its parent's. Sending the input again would run the
first node twice; sending an answer again would answer the next question with it; invoking a finished thread would run
it from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.pregel._checkpoint import LATEST_VERSION
from langgraph.types import Command, Interrupt

from orchestrator.activity.breakpoints import Stop, stops
from orchestrator.activity.changed import check_same_graph
from orchestrator.activity.compiled import AnyGraph, CompiledGraph
from orchestrator.activity.open_step import OpenStep
from orchestrator.activity.waits import wait_of
from orchestrator.activity.watched import WatchedSaver
from orchestrator.calls import Location, ResumeValue, StageCall, Wait
from orchestrator.checkpoints.serde import check_opened
from orchestrator.checkpoints.store import Asked
from orchestrator.errors import CheckpointUnreadable, ThreadLost
from orchestrator.questions import pack_answer

TOGETHER = "+"
"""Between the checkpoint ids of breakpoints that are approved together."""


@dataclass(frozen=True)
class Found:
    """What there is in the thread."""

    kind: Literal["fresh", "resuming", "waiting", "finished"]
    checkpoint_id: str | None = None
    steps: int = 0
    values: Any = None
    waits: list[Wait] = field(default_factory=list)
    resume: dict[str, Any] = field(default_factory=dict)
    """Answers that no task has taken yet, by interrupt id."""
    asked: bool = True
    """Whether the thread knows the questions that `resume` answers; a branched thread has yet to ask them again."""

    def input(self, call: StageCall) -> Any:
        """What to invoke the graph with: the input once, answers once, else None, which goes on."""
        if self.kind == "fresh":
            return call.input
        return Command(resume=self.resume) if self.resume else None


async def look(
    compiled: CompiledGraph,
    graph: AnyGraph,
    saver: WatchedSaver,
    call: StageCall,
    config: RunnableConfig,
    *,
    begins: str | None = None,
) -> Found:
    """Read the thread and say what it is in the middle of. Runs nothing.

    Args:
        compiled: The graph.
        graph: The same, over the stage's saver.
        saver: The stage's saver.
        call: The turn.
        config: Names the thread.
        begins: Of a continued thread: the checkpoint that an earlier run left, from which this one goes on.

    Raises:
        CheckpointUnreadable: A newer version wrote the thread's checkpoint. *Not retryable.*
        KeyMissing: The thread is encrypted, and there are no keys here. *Retryable.*
        GraphChanged: Another version of the graph did, with which this one cannot go on. *Not retryable.*
        ThreadLost: A task holds fewer answers than it did when it asked. *Not retryable.*
    """
    saved = await saver.aget_tuple(config)
    if saved is None:
        saver.remember(None)
        return Found("fresh")
    check_opened(saved)
    if saved.checkpoint["v"] > LATEST_VERSION:
        raise CheckpointUnreadable(
            f"Thread {call.thread_id}: its checkpoint has layout {saved.checkpoint['v']}, and this worker's LangGraph "
            f"knows layouts up to {LATEST_VERSION}. Run a worker of the version that wrote it, then retry."
        )
    if saved.checkpoint["id"] == begins:
        return Found("fresh")
    await check_same_graph(graph, saver, call.graph, compiled.fingerprint, saved)
    saver.remember(saved)
    snapshot = await graph.aget_state(config)
    assert snapshot.metadata is not None
    checkpoint_id = snapshot.config["configurable"]["checkpoint_id"]
    steps = int(snapshot.metadata.get("step", -1))
    if not snapshot.tasks:
        return Found("finished", checkpoint_id, steps, values=snapshot.values)
    resume = {
        answer.interrupt_id: pack_answer(answer.question, answer.value)
        for answer in call.answers
        if answer.breakpoint is None and not await _taken(compiled, call, answer)
    }
    standing = await stops(graph, snapshot, saver)
    approved = {point for answer in call.answers for point in (answer.breakpoint or "").split(TOGETHER)}
    if any(stop.checkpoint_id not in approved for stop in standing):
        return Found("waiting", checkpoint_id, steps, waits=[_breakpoints(standing)])
    # LangGraph lists a question as pending until its task finishes, also when the task took the answer and then failed.
    step = OpenStep.of(saved.pending_writes or [])
    pending = step.pending()
    answered = {answer.interrupt_id for answer in call.answers}
    if step.all_wait(snapshot.tasks) and all(question.id not in answered for question in pending):
        return Found("waiting", checkpoint_id, steps, waits=await _waits(compiled, call, pending))
    asked = resume.keys() <= {question.id for question in pending}
    return Found("resuming", checkpoint_id, steps, resume=resume, asked=asked)


async def _taken(compiled: CompiledGraph, call: StageCall, answer: ResumeValue) -> bool:
    """Whether the task that asked holds this answer already: then it must not be sent again."""
    where = answer.location
    if where is None:
        return False
    held = await compiled.store.answered(call.thread_id, where.checkpoint_ns, where.task_id, compiled.serde)
    if held < where.answered:
        raise ThreadLost(
            f"Thread {call.thread_id}: a task that had {where.answered} answers when it asked has {held} now; the "
            "database was taken back. Restore it and retry, or abort."
        )
    return held > where.answered


async def _waits(compiled: CompiledGraph, call: StageCall, interrupts: Sequence[Interrupt]) -> list[Wait]:
    """Each pending interrupt with the tasks that hold it, and the place where its answer will be kept."""
    asked = await compiled.store.asked(call.thread_id, compiled.serde) if interrupts else []
    waits = []
    for interrupt in {interrupt.id: interrupt for interrupt in interrupts}.values():
        tasks = sorted((task for task in asked if _holds(task, interrupt.id)), key=_nesting)
        locations = [
            Location(
                checkpoint_ns=task.checkpoint_ns,
                task_id=task.task_id,
                answered=await compiled.store.answered(
                    call.thread_id, task.checkpoint_ns, task.task_id, compiled.serde
                ),
            )
            for task in tasks
        ]
        wait = wait_of(interrupt, locations[-1] if locations else None)
        waits.append(wait.model_copy(update={"asked_through": locations}))
    return waits


def _holds(task: Asked, interrupt_id: str) -> bool:
    return any(interrupt.id == interrupt_id for interrupt in task.interrupts)


def _nesting(task: Asked) -> tuple[int, int]:
    """The task that called `interrupt()` sorts last.

    LangGraph records an interrupt again for each task it bubbles through: the graph that holds a subgraph, the
    entrypoint that called a task. The one that asked is in the deepest namespace, and there the most nested task.
    """
    depth = task.checkpoint_ns.count("|") + 1 if task.checkpoint_ns else 0
    return depth, len(task.task_path)


def _breakpoints(standing: Sequence[Stop]) -> Wait:
    """One task for all of them, since going on passes them all; those that were approved before are approved again."""
    when = " and ".join(sorted({stop.when for stop in standing}))
    nodes = sorted({node for stop in standing for node in stop.nodes})
    return breakpoint_wait(when, nodes, TOGETHER.join(sorted(stop.checkpoint_id for stop in standing)))


def breakpoint_wait(when: str, nodes: list[str], checkpoint_id: str) -> Wait:
    """A human task for a static breakpoint: approving it lets the graph go on."""
    return Wait(
        interrupt_id=f"breakpoint:{checkpoint_id}",
        source="breakpoint",
        payload={"interrupt": when, "nodes": nodes},
        breakpoint=checkpoint_id,
    )
