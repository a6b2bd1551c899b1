"""A thread's checkpoints without the state in them: cheap to list, whatever the state weighs, and no type of the
application is needed."""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import ormsgpack

from orchestrator.checkpoints.left import incomplete
from orchestrator.checkpoints.row import Place, Row

GREGORIAN = datetime(1582, 10, 15, tzinfo=UTC)
"""Where the times in LangGraph's checkpoint ids (UUID version 6) count from, in steps of 100 ns."""
PULL, PUSH, SENDS = "~__pregel_pull, ", "~__pregel_push, ", "__pregel_tasks"
HANDLER = ", node_error_handler"
START, EDGE = "__start__", "branch:to:"

PACKED: ContextVar[Callable[[bytes], bytes]] = ContextVar("packed", default=bytes)
"""What the serializer wrote, from what the database has: where values are encrypted, decrypts."""

TaskState = Literal["finished", "failed", "asked", "begun"]
CONTROL: dict[str, TaskState] = {"__interrupt__": "asked", "__error__": "failed"}
"""Any other write is output: the task finished, whatever it did before."""
ASKED = frozenset(channel for channel, state in CONTROL.items() if state == "asked")
QUIET = frozenset({"__resume__", "__error_source_node__"})


@dataclass(frozen=True)
class Write:
    """One write of a task, of which only a `Send` brings its value along."""

    namespace: str
    checkpoint_id: str
    task_id: str
    path: str
    channel: str
    sent: bytes | None = None


@dataclass
class Task:
    """What one node came to in the step after a checkpoint."""

    node: str
    state: TaskState = "begun"


@dataclass
class Saved:
    """One checkpoint."""

    namespace: str
    """Empty for the root graph; of a subgraph, the nodes that hold it: `operate`, `operate|cut`."""
    checkpoint_id: str
    parent_id: str | None
    step: int
    source: str
    """LangGraph's word: `input`, `loop`, `update`, `fork`."""
    size_bytes: int | None
    """Of the state and all."""
    nodes: list[str] = field(default_factory=list)
    """Those whose work it holds, beyond its parent's: one that ran twice stands there twice."""
    tasks: list[Task] = field(default_factory=list)
    """What the nodes after it have left so far."""
    following: list[str] = field(default_factory=list)
    """The nodes that edges and `Send`s lead to from here."""
    incomplete: bool = False
    """It is there for the sake of later ones, and nobody can go back to it."""

    @property
    def at(self) -> datetime:
        """When the worker made it."""
        return made_at(self.checkpoint_id)


def made_at(checkpoint_id: str) -> datetime:
    """The time in a checkpoint's id."""
    number = UUID(checkpoint_id).int
    ticks = (number >> 96 << 28) | ((number >> 80 & 0xFFFF) << 12) | (number >> 64 & 0x0FFF)
    return GREGORIAN + timedelta(microseconds=ticks // 10)


def plain(namespace: str) -> str:
    """A namespace without the ids of tasks in it."""
    return "|".join(part.partition(":")[0] for part in namespace.split("|"))


def saved(rows: Iterable[Row], writes: Iterable[Write]) -> list[Saved]:
    """The checkpoints of a thread, oldest first, from what a database has of it."""
    by_checkpoint: dict[Place, list[Write]] = {}
    for write in writes:
        by_checkpoint.setdefault((write.namespace, write.checkpoint_id), []).append(write)
    found = []
    after: dict[Place, list[Task]] = {}
    known = {row.place: row for row in sorted(rows, key=lambda row: (row.checkpoint_id, row.namespace))}
    asked = {place for place, led in by_checkpoint.items() if any(write.channel in ASKED for write in led)}
    pruned = incomplete(known.values(), asked)
    for row in known.values():
        parent = (row.namespace, row.parent_id or "")
        led = by_checkpoint.get(parent, [])
        sent = _sent(led)
        tasks = _tasks(by_checkpoint.get((row.namespace, row.checkpoint_id), []), sent)
        after[row.namespace, row.checkpoint_id] = tasks
        found.append(
            Saved(
                namespace=plain(row.namespace),
                checkpoint_id=row.checkpoint_id,
                parent_id=row.parent_id if parent in known else None,
                step=int(row.metadata.get("step", -1)),
                source=str(row.metadata.get("source", "")),
                size_bytes=row.size_bytes,
                nodes=sorted(
                    task.node for task in after.get(parent, []) if task.state == "finished" and task.node != START
                ),
                tasks=tasks,
                following=sorted(
                    {*sent, *(write.channel.removeprefix(EDGE) for write in led if EDGE in write.channel)}
                ),
                incomplete=not row.namespace and row.checkpoint_id in pruned,
            )
        )
    return found


def _tasks(writes: Sequence[Write], sent: Sequence[str]) -> list[Task]:
    """The tasks that left these writes. Calls inside a functional graph's nodes belong to those."""
    tasks: dict[str, Task] = {}
    for write in writes:
        node = _node(write.path, sent)
        if node is None:
            continue
        task = tasks.setdefault(write.task_id, Task(node))
        if task.state == "finished" or write.channel in QUIET:
            continue
        task.state = CONTROL.get(write.channel, "finished")
    return list(tasks.values())


def _node(path: str, sent: Sequence[str]) -> str | None:
    """The node that a task's path leads to: its name, or its place among what was sent."""
    if path.startswith(PULL):
        return path.removeprefix(PULL).partition(HANDLER)[0]
    place = path.removeprefix(PUSH).partition(",")[0] if path.startswith(PUSH) else ""
    if not place.isdigit():
        return None
    return sent[int(place)] if int(place) < len(sent) else "?"


def _sent(writes: Sequence[Write]) -> list[str]:
    """The nodes that `Send`s lead to, in LangGraph's order."""
    sends = [write for write in writes if write.channel == SENDS]
    return [_goal(write.sent) for write in sorted(sends, key=lambda write: write.path)]


def _goal(packed: bytes | None) -> str:
    """The node of a packed `Send`; nothing in it is built."""
    try:
        _module, _name, arguments, *_ = ormsgpack.unpackb(PACKED.get()(packed or b""), ext_hook=_unbuilt)
        return str(arguments[0])
    except (ValueError, TypeError, IndexError, KeyError):  # encrypted with another key, or of another version
        return "?"


def _unbuilt(_code: int, data: bytes) -> Any:
    return ormsgpack.unpackb(data, ext_hook=_unbuilt, option=ormsgpack.OPT_NON_STR_KEYS)
