"""Whether a thread can be gone on with after its graph was changed.

LangGraph drops what it does not know, with a line in its log at most: a thread whose next node is gone ends there and
then, as if it had finished, and a join whose name is another one waits for ever.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from langgraph.channels.named_barrier_value import NamedBarrierValue, NamedBarrierValueAfterFinish
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, PendingWrite, copy_checkpoint
from langgraph.pregel import Pregel
from langgraph.types import PregelTask, Send, StateSnapshot
from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from orchestrator.activity.compiled import AnyGraph
from orchestrator.activity.fingerprints import FINGERPRINT, state_hints
from orchestrator.activity.open_step import OpenStep
from orchestrator.errors import GraphChanged
from orchestrator.model import reasons

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

BRANCH, JOIN, SENDS, START = "branch:to:", "join:", "__pregel_tasks", "__start__"
"""LangGraph's channels of what runs next: one per node, one per node that waits for several, the `Send`s, the input."""


async def check_same_graph(
    graph: AnyGraph, saver: BaseCheckpointSaver[str], name: str, digest: str, saved: CheckpointTuple
) -> None:
    """Refuse to go on with a thread that this graph would not go on with rightly. Reads nothing more where the same
    version of the graph has written it, and else the open subgraphs.

    Args:
        graph: The graph at hand.
        saver: Of the thread.
        name: The graph's name.
        digest: The graph's fingerprint.
        saved: The latest checkpoint of the root graph.

    Raises:
        GraphChanged: What runs next is gone, or a value of the state no longer fits. *Not retryable.*
    """
    if saved.metadata.get(FINGERPRINT) == digest:
        return
    if what := await _misfits(graph, saver, saved, ""):
        raise GraphChanged(
            f"Graph {name!r} was changed under this stage: {'; '.join(what)}. Deploy a version that fits and retry, "
            "or amend, rewind or abort."
        )


def runs_on(values: dict[str, Any]) -> bool:
    """Whether anything is to run, from a checkpoint's channels."""
    return any(channel == START or any(led_to(channel, value, alone=True)) for channel, value in values.items())


async def _misfits(graph: AnyGraph, saver: BaseCheckpointSaver[str], saved: CheckpointTuple, path: str) -> list[str]:
    """What does not fit, in the graph and in the subgraphs that its open tasks are in."""
    values, writes = saved.checkpoint["channel_values"], saved.pending_writes or []
    found = [*_gone(graph, values, writes, path), *_wrong_values(graph, values, path)]
    if found:
        return found
    try:
        snapshot = await _snapshot(graph, saver, saved)
    except Exception as error:  # noqa: BLE001 - a channel or a schema of any kind that cannot take what is stored
        return [f"its state cannot be read any more ({error!r})"]
    step = OpenStep.of(writes)
    found += _begun_under_another_id(snapshot.tasks, step, path)
    found += _too_late(graph, saved, [task.name for task in snapshot.tasks if task.id in step.finished], path)
    subgraphs = dict(graph.get_subgraphs())
    for task in snapshot.tasks:
        inner = subgraphs.get(task.name)
        if isinstance(inner, Pregel) and task.id not in step.finished:
            within = await _saved_within(inner, task, saved, saver)
            if within is not None:
                found += await _misfits(inner, saver, within, f"{path}{task.name}/")
    return found


async def _snapshot(graph: AnyGraph, saver: BaseCheckpointSaver[str], saved: CheckpointTuple) -> StateSnapshot:
    """The step that the graph would go on with, as `aget_state` has it, but of a checkpoint that is at hand: a migrated
    one is not stored yet."""
    own = saved._replace(checkpoint=copy_checkpoint(saved.checkpoint))
    return await graph._aprepare_state_snapshot(saved.config, own, saver=saver)  # noqa: SLF001 - no public method takes one


async def _saved_within(
    inner: AnyGraph, task: PregelTask, outer: CheckpointTuple, saver: BaseCheckpointSaver[str]
) -> CheckpointTuple | None:
    """The checkpoint of a task's subgraph, if it has begun in this step: one that keeps its memory has an older."""
    if not isinstance(task.state, dict) or inner.checkpointer is False:
        return None
    namespace = str(task.state["configurable"]["checkpoint_ns"])
    if inner.checkpointer is True:  # one thread for all its runs, without the ids of tasks
        namespace = "|".join(part.partition(":")[0] for part in namespace.split("|"))
    where = outer.config["configurable"]
    config: RunnableConfig = {"configurable": {"thread_id": where["thread_id"], "checkpoint_ns": namespace}}
    saved = await saver.aget_tuple(config)
    parents = saved.metadata.get("parents", {}) if saved is not None else {}
    return saved if parents.get(where.get("checkpoint_ns", "")) == outer.checkpoint["id"] else None


def _gone(graph: AnyGraph, values: dict[str, Any], writes: Sequence[PendingWrite], path: str) -> Iterator[str]:
    """What the checkpoint or its open step lead to, and the graph does not have."""
    led = [(channel, value) for _, channel, value in writes]
    alone = not (runs_on(values) or led)  # a join that lacks a source when nothing else runs never came about
    nodes = {
        node
        for channel, value in (*values.items(), *led)
        if not channel.startswith(JOIN)
        for node in led_to(channel, value)
        if node not in graph.nodes
    }
    yield from (f"node {path + node!r}, which runs next, is gone" for node in sorted(nodes))
    joins = {
        channel
        for channel, value in (*values.items(), *led)
        if channel.startswith(JOIN) and channel not in graph.channels and any(led_to(channel, value, alone=alone))
    }
    for channel in sorted(joins):
        sources, _, end = channel.removeprefix(JOIN).rpartition(":")
        yield f"node {path + end!r} does not wait for {sources} together any more, and one of them has run"


def led_to(channel: str, value: Any, *, alone: bool = False) -> Iterator[str]:
    """The nodes that a channel's value leads to.

    Args:
        channel: The channel's name.
        value: Its value in a checkpoint, or what a task has written to it.
        alone: Only joins for which nothing is missing.
    """
    if channel.startswith(BRANCH):
        yield channel.removeprefix(BRANCH)
    elif channel.startswith(JOIN):
        sources, _, end = channel.removeprefix(JOIN).rpartition(":")
        deferred = isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], bool)  # noqa: PLR2004
        seen = [value] if isinstance(value, str) else list(value[0] if deferred else value)
        if seen and (not alone or len("+".join(seen)) == len(sources)):
            yield end
    elif channel == SENDS:
        yield from (send.node for send in (value if isinstance(value, list) else [value]) if isinstance(send, Send))


def _begun_under_another_id(tasks: Sequence[PregelTask], step: OpenStep, path: str) -> Iterator[str]:
    """A task's id is made of what triggers its node too. Under another one it would begin again, and what it had done
    or asked would be dropped.

    LangGraph does not list the tasks of error handlers, nor those that functions call: the first are known by who
    failed, the second write nothing but what they return, and their questions stand with their caller as well.
    """
    listed = {task.id for task in tasks}
    asked = {question.id for task in listed & step.asked.keys() for question in step.asked[task]}
    strange = {task for task, found in step.asked.items() if not asked.issuperset(one.id for one in found)}
    strange |= step.finished - step.called
    if strange - listed and not step.handled:
        nodes = sorted({f"{path}{task.name}" for task in tasks if task.id not in step.begun})
        yield f"what leads to {' or '.join(map(repr, nodes)) or 'a node'} was changed after it had begun"


def _too_late(graph: AnyGraph, saved: CheckpointTuple, finished: Sequence[str], path: str) -> Iterator[str]:
    """A join that the graph did not have while one of its sources ran would wait for that one for ever."""
    ran = {*saved.checkpoint["versions_seen"], *finished}
    for name, channel in sorted(graph.channels.items()):
        if not isinstance(channel, NamedBarrierValue | NamedBarrierValueAfterFinish):
            continue
        known = name in saved.checkpoint["channel_versions"] or any(
            one == name for _, one, _ in saved.pending_writes or []
        )
        if not known and channel.names & ran and channel.names - ran:
            end = name.rpartition(":")[2]
            early = ", ".join(map(repr, sorted(channel.names & ran)))
            yield f"node {path + end!r} is to wait for {early}, which had run before it did"


def _wrong_values(graph: AnyGraph, values: dict[str, Any], path: str) -> Iterator[str]:
    """The values that no longer fit their keys' types, where pydantic can tell. A key that is gone is dropped."""
    for key, hint in state_hints(graph).items():
        if key not in values:
            continue
        try:
            TypeAdapter(hint).validate_python(values[key])
        except ValidationError as error:
            yield f"{path}{key} does not fit any more ({reasons(error)})"
        except (PydanticUserError, TypeError):
            continue
