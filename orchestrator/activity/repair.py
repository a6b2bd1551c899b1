"""What an operator does to a stage's thread before it goes on: amend the state, skip nodes, rewind.

On a copy of the thread, so that a reset to before the repair finds it as it was. The copy keeps the checkpoint's id,
and with it the ids of its tasks: so the answers that they hold and their idempotency keys stay.
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints

from langchain_core.messages import BaseMessage, convert_to_messages
from langchain_core.runnables import RunnableConfig, RunnableSequence
from langchain_core.runnables.config import patch_config
from langgraph.channels import BinaryOperatorAggregate, LastValue
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.pregel._algo import PregelTaskWrites, _scratchpad, local_read
from langgraph.pregel._checkpoint import achannels_from_checkpoint
from langgraph.types import PregelTask
from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio.exceptions import ApplicationError

from orchestrator import names
from orchestrator.activity.compiled import AnyGraph, CompiledGraph
from orchestrator.activity.open_step import OpenStep
from orchestrator.calls import Rewind, StageCall, StageOutcome
from orchestrator.checkpoints.serde import check_opened
from orchestrator.checkpoints.store import Lease, Token, branch_of
from orchestrator.errors import BadInput, Refused, ThreadLost
from orchestrator.model import reasons
from orchestrator.wire import Fork

NO_WRITES = "__no_writes__"
"""LangGraph's mark of a task that finished without any output."""


async def repaired(compiled: CompiledGraph, call: StageCall, run_id: str, attempt: int) -> StageOutcome:
    """The outcome of a repair: the stage goes on with the copy.

    Raises:
        ApplicationError: Of type Refused: it cannot be done; the message says why. *Not retryable.*
    """
    wanted, store = call.repair, compiled.store
    assert wanted is not None
    thread_id = branch_of(call.thread_id, f"{names.short(run_id)}-{call.turn}")
    lease = Lease(thread_id, run_id, Token(call.turn, attempt))
    skipped: list[str] = []
    try:
        await store.branch(
            call.thread_id, lease, await copied(compiled, call.thread_id, wanted.checkpoint_id), compiled.serde
        )
        saver = store.saver(lease, compiled.serde)
        graph, config = compiled.bound(saver), RunnableConfig(configurable={"thread_id": thread_id})
        if wanted.action == "amend":
            await amend(graph, saver, config, wanted.values)
        elif wanted.action == "skip":
            skipped = await skip(graph, saver, config, wanted.node)
    except (Refused, ThreadLost) as reason:
        raise ApplicationError(str(reason), type="Refused", non_retryable=True) from reason
    checkpoint_id = wanted.checkpoint_id if wanted.action == "rewind" else call.checkpoint_id
    return StageOutcome(state="repaired", thread_id=thread_id, checkpoint_id=checkpoint_id, skipped=skipped)


async def copied(compiled: CompiledGraph, thread_id: str, checkpoint_id: str | None) -> Rewind:
    """How much of a thread a copy holds: up to a checkpoint, from which it goes on afresh, or all.

    Raises:
        Refused: There is no such thread or checkpoint.
    """
    where = {"thread_id": thread_id, "checkpoint_ns": ""} | ({"checkpoint_id": checkpoint_id} if checkpoint_id else {})
    if await compiled.store.saver(None, compiled.serde).aget_tuple({"configurable": where}) is None:
        if checkpoint_id is None:
            raise Refused(f"Thread {thread_id} has no checkpoint yet, so only retry and abort are left.")
        raise Refused(f"Thread {thread_id} has no checkpoint {checkpoint_id}; `orchestrator history` lists them.")
    if checkpoint_id in {saved.checkpoint_id for saved in await compiled.store.saved(thread_id) if saved.incomplete}:
        raise Refused(
            f"Of checkpoint {checkpoint_id} of thread {thread_id} only what later ones need is left, the rest was "
            "pruned: choose one at which the thread waited, or the latest."
        )
    latest = await compiled.store.latest(thread_id)
    return Rewind(checkpoint_id=checkpoint_id or latest or "", afresh=checkpoint_id is not None)


async def forked(compiled: CompiledGraph, fork: Fork) -> Rewind:
    """What a forked stage begins with.

    Raises:
        BadInput: There is no such thread or checkpoint. *Not retryable.*
    """
    try:
        return await copied(compiled, fork.thread_id, fork.checkpoint_id)
    except Refused as reason:
        raise BadInput(f"It cannot be forked: {reason}") from reason


async def amend_fork(graph: AnyGraph, saver: BaseCheckpointSaver[str], config: RunnableConfig, call: StageCall) -> None:
    """Amend a forked stage that has not gone on from where it began yet.

    Raises:
        BadInput: The values do not fit the state. *Not retryable.*
    """
    fork = call.fork
    if fork is None or not fork.values or call.rewind is not None:
        return
    saved = await saver.aget_tuple(config)
    if saved is None or saved.checkpoint["id"] != fork.checkpoint_id:
        return
    try:
        await amend(graph, saver, config, fork.values)
    except Refused as reason:
        raise BadInput(f"It cannot be forked: {reason}") from reason


async def amend(graph: AnyGraph, saver: BaseCheckpointSaver[str], config: RunnableConfig, values: Any) -> None:
    """Replace keys of the state in the latest checkpoint. What runs next stays what it was; a node that has asked
    asks again, in view of the new state, and keeps the answers that it was given.

    Raises:
        Refused: There is no checkpoint, or a value does not fit the state's schema; the message names each key.
    """
    saved = await _latest(saver, config)
    fitting = fitting_values(graph, values)
    checkpoint, versions = dict(saved.checkpoint), dict(saved.checkpoint["channel_versions"])
    latest: Any = max(versions.values(), default=None)
    changed = {key: saver.get_next_version(latest, None) for key in fitting}
    amended = {**saved.checkpoint["channel_values"], **fitting}
    checkpoint |= {"channel_values": amended, "channel_versions": versions | changed}
    where = saved.parent_config or {"configurable": {**config["configurable"], "checkpoint_ns": ""}}
    await saver.aput(where, checkpoint, saved.metadata, changed)  # type: ignore[arg-type]
    step = OpenStep.of(saved.pending_writes or [])
    for task_id in step.asked.keys() - step.finished:
        await saver.aput_writes(saved.config, [("__interrupt__", [])], task_id)


def fitting_values(graph: AnyGraph, values: dict[str, Any]) -> dict[str, Any]:
    """Values for keys of the state, as the state's types.

    Raises:
        Refused: The state has no such key, or a value does not fit its schema; the message names each key.
    """
    channels = {key: graph.channels[key] for key in graph.stream_channels_list if key in graph.channels}
    if unknown := sorted(values.keys() - channels.keys()):
        raise Refused(f"The state has no {', '.join(unknown)}; it has: {', '.join(sorted(channels)) or 'no keys'}.")
    for key in values:
        if not isinstance(channels[key], LastValue | BinaryOperatorAggregate):
            raise Refused(f"{key} is kept in a {type(channels[key]).__name__}, which cannot be amended.")
    return {key: _fitting(graph, key, value) for key, value in values.items()}


async def skip(graph: AnyGraph, saver: BaseCheckpointSaver[str], config: RunnableConfig, node: str | None) -> list[str]:
    """Take tasks of the open step for finished without output; what follows them is decided on the state as it is.

    Returns:
        The ids of the tasks.

    Raises:
        Refused: No such node is open, or several are and none is named.
    """
    saved = await _latest(saver, config)
    snapshot = await graph.aget_state(config)
    tasks = _to_skip(snapshot.tasks, OpenStep.of(saved.pending_writes or []), node)
    for task in tasks:
        writes = await _edges(graph, saver, saved, task)
        await saver.aput_writes(saved.config, writes or [(NO_WRITES, None)], task.id)
    return [task.id for task in tasks]


async def _latest(saver: BaseCheckpointSaver[str], config: RunnableConfig) -> CheckpointTuple:
    saved = await saver.aget_tuple(config)
    if saved is None:
        raise Refused("The stage has no checkpoint yet; abort it and start anew.")
    check_opened(saved)
    return saved


def _fitting(graph: AnyGraph, key: str, value: Any) -> Any:
    """The value as the state's type."""
    schema = getattr(getattr(graph, "builder", None), "state_schema", None)
    hint = get_type_hints(schema).get(key, Any) if isinstance(schema, type) else Any
    try:
        if _are_messages(hint):
            return convert_to_messages(value)
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            return getattr(schema.__pydantic_validator__.validate_assignment(schema.model_construct(), key, value), key)
        return TypeAdapter(hint).validate_python(value)
    except ValidationError as error:
        raise Refused(f"{key} does not fit the state: {reasons(error)}.") from error
    except Exception as error:
        raise Refused(f"{key} cannot be amended by JSON: {error}") from error


def _are_messages(hint: Any) -> bool:
    """Whether a type is a list of LangChain's messages."""
    parts = get_args(hint) if get_origin(hint) is list else ()
    kinds = [kind for part in parts for kind in (get_args(part) or (part,))]
    return bool(kinds) and all(isinstance(kind, type) and issubclass(kind, BaseMessage) for kind in kinds)


def _to_skip(tasks: Sequence[PregelTask], step: OpenStep, node: str | None) -> list[PregelTask]:
    unfinished = [task for task in tasks if task.id not in step.finished]
    names = ", ".join(sorted({task.name for task in unfinished})) or "none"
    if node is not None:
        chosen = [task for task in unfinished if task.name == node]
        if not chosen:
            raise Refused(f"Node {node!r} is not open; open are: {names}.")
        return chosen
    failed = [task for task in unfinished if task.error is not None]
    if failed:
        return failed
    if len(unfinished) == 1:
        return unfinished
    raise Refused(f"{len(unfinished)} nodes are open, so say which with node: {names}.")


async def _edges(
    graph: AnyGraph, saver: BaseCheckpointSaver[str], saved: CheckpointTuple, task: PregelTask
) -> list[tuple[str, Any]]:
    """What a node's edges write when it returns nothing; conditional edges read the state as it is."""
    writers = graph.nodes[task.name].flat_writers
    if not writers:
        return []
    step = int(saved.metadata.get("step", -1)) + 1
    channels, managed = await achannels_from_checkpoint(
        graph.channels, saved.checkpoint, saver=saver, config=saved.config
    )
    writes: deque[tuple[str, Any]] = deque()
    reads = PregelTaskWrites((), task.name, writes, ["__interrupt__"])
    scratchpad = _scratchpad(None, [], task.id, "", None, step, step + 1)
    run = RunnableSequence(*writers) if len(writers) > 1 else writers[0]
    await run.ainvoke(
        None,
        patch_config(
            saved.config,
            run_name=f"{graph.name}: skip {task.name}",
            configurable={
                "__pregel_send": writes.extend,
                "__pregel_task_id": task.id,
                "__pregel_read": partial(local_read, scratchpad, channels, managed, reads),
            },
        ),
    )
    return list(writes)
