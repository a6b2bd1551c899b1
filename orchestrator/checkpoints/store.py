"""What the engine needs of a checkpoint store, beyond LangGraph's saver."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointMetadata
from langgraph.store.base import BaseStore
from langgraph.types import Interrupt

from orchestrator.calls import Rewind
from orchestrator.checkpoints.saved import Saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.errors import LeaseLost, Refused, ThreadLost
from orchestrator.urls import without_password


@dataclass(frozen=True, slots=True, order=True)
class Token:
    """Temporal's order of turns and attempts: the later one is the only writer."""

    turn: int
    attempt: int


BRANCH_MARK = "@"
"""Between a stage's thread id and what its branch was made for."""


def root_of(thread_id: str) -> str:
    """The id of the thread that a stage began with: what its idempotency keys are derived from."""
    return thread_id.partition(BRANCH_MARK)[0]


def branch_of(thread_id: str, made_for: str) -> str:
    """The id of a stage's thread after it was branched."""
    return f"{root_of(thread_id)}{BRANCH_MARK}{made_for}"


GRAPH = "orch_graph"
"""Metadata of each checkpoint: the name of the graph that made it."""


class ForeignThread(Exception):
    """The thread belongs to another run of the workflow, from before a reset."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one attempt to write to one thread."""

    thread_id: str
    run_id: str
    token: Token


KEPT_OF_FAILED = frozenset({"__error__", "__error_source_node__", "__interrupt__", "__resume__"})

OnCheckpoint = Callable[[str, int], None]
"""Told of each checkpoint of the root graph that was written: its id, and its step."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One interrupt as a task recorded it, in the namespace of the graph that the task belongs to."""

    checkpoint_ns: str
    task_id: str
    task_path: str
    interrupts: Sequence[Interrupt]


def superseded(lease: Lease) -> LeaseLost:
    """The error of an attempt that comes too late."""
    return LeaseLost(
        f"Thread {lease.thread_id}: turn {lease.token.turn}, attempt {lease.token.attempt} was replaced by a later "
        "one and may write nothing more."
    )


T = TypeVar("T")
Rows = Callable[..., Awaitable[list[Any]]]
"""Runs a query of ours by name, with its parameters; its rows, as tuples."""


class CheckpointStore(ABC):
    """One database, shared by all stages of a worker."""

    url: str
    by_channel: ClassVar[bool] = False
    """Whether its saver leaves out the channels that a step has not changed."""
    on_copied: Callable[[Rows, str, str], Awaitable[None]] | None = None
    """Awaited in the transaction that has copied a thread, with the ids of the original and of the copy."""

    @property
    def name(self) -> str:
        """The URL as a Ref may show it: without a password."""
        return without_password(self.url)

    @abstractmethod
    async def __aenter__(self) -> Self:
        """Connect. Raises: StoreUnavailable, *retryable*."""

    @abstractmethod
    async def __aexit__(self, *exc: object) -> None:
        """Close all connections."""

    @abstractmethod
    async def setup(self) -> None:
        """Create or migrate the tables. Safe to repeat, and to run from several processes at once, under workers.

        Raises:
            SchemaMismatch: Only newer releases work with them, or this user may not create any. *Retryable.*
            StoreUnavailable: Somebody holds a lock that is needed. *Retryable.*
        """

    async def prepare(self) -> None:
        """What a worker does when it starts: create the tables in an empty database, and migrate nothing.

        Raises:
            SchemaMismatch: The tables are of a version that this release does not work with. *Retryable.*
        """
        await self.setup()

    @abstractmethod
    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        """Take the thread: commits before it returns, so every write of an earlier attempt comes before or fails.

        Args:
            lease: What to take.
            continued_from: The run that this one continues, and whose threads are therefore its own.

        Raises:
            LeaseLost: A later turn or attempt has it. *Not retryable.*
            ForeignThread: Another run has it: the workflow was reset. Nothing was taken; see `branch`.
        """

    @abstractmethod
    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        """Take a new thread that is a copy of another up to `rewind`, or empty without one. All or nothing; a thread
        that this run has branched before is only taken.

        Raises:
            LeaseLost: A later turn or attempt has the new thread. *Not retryable.*
            ThreadLost: The store cannot copy threads. *Not retryable.*
        """

    @abstractmethod
    async def latest(self, thread_id: str) -> str | None:
        """The latest checkpoint id of a thread, in any namespace."""

    @abstractmethod
    async def saved(self, thread_id: str) -> list[Saved]:
        """The checkpoints of a thread, oldest first, without the state in them."""

    @abstractmethod
    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> BaseCheckpointSaver[str]:
        """A saver whose every write is refused with LeaseLost once the lease is taken over. Without one: no fence."""

    @abstractmethod
    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        """Every interrupt recorded in the thread, in any namespace."""

    @abstractmethod
    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        """How many answers a task holds already."""

    @abstractmethod
    async def prune(self, lease: Lease, base: str = "") -> None:
        """Delete what lies between `base`, which stays with all before it, and where the thread stands; see `needed`.

        Raises:
            LeaseLost: A later turn or attempt has it. *Not retryable.*
        """

    async def rows(self, query: str, *parameters: object) -> list[Any]:
        """The rows of a query of ours, by its name."""
        return await self.atomically(lambda rows: rows(query, *parameters))

    async def atomically(self, work: Callable[[Rows], Awaitable[T]]) -> T:  # noqa: ARG002
        """What `work` returns, done in one write transaction.

        Raises:
            Refused: Memory has no transactions. *Not retryable.*
        """
        raise Refused(f"{self.name} cannot do that; a sqlite:// or postgresql:// checkpointer can.")

    @abstractmethod
    async def put_value(self, key: str, data: bytes) -> None:
        """Keep a value that is too large for the history; see `orchestrator.checkpoints.values`."""

    @abstractmethod
    async def get_value(self, key: str) -> bytes | None:
        """A value that was kept."""

    @abstractmethod
    def memory(self) -> BaseStore:
        """LangGraph's long-term memory in the same database."""


def report(on_checkpoint: OnCheckpoint | None, written: RunnableConfig, metadata: CheckpointMetadata) -> None:
    """Tell of a checkpoint that was just written, if it is the root graph's."""
    if on_checkpoint is not None and not written["configurable"].get("checkpoint_ns"):
        on_checkpoint(written["configurable"]["checkpoint_id"], metadata.get("step", -1))


def check_copied(source: str, rewind: Rewind, checkpoints: int) -> None:
    """Refuse to begin anew, in silence, where a thread was to go on.

    Raises:
        ThreadLost: The history that was to be copied is gone: pruned, or deleted. *Not retryable.*
    """
    if not checkpoints:
        raise ThreadLost(
            f"Thread {source} no longer has checkpoint {rewind.checkpoint_id}, nor any before it: its history was "
            "pruned or deleted. Abort, or reset to another point."
        )


def kept_answers(rewind: Rewind) -> dict[tuple[str, str], int]:
    """How many answers each task that waited had then, by namespace and task id."""
    return {(task.checkpoint_ns, task.task_id): task.answered for task in rewind.waiting}


def without_output_of_failed(writes: Sequence[tuple[str, Any]]) -> Sequence[tuple[str, Any]]:
    """The writes of a task, without its output if it failed.

    LangGraph saves what a node returned together with the error of the router after it, and takes a task with output
    for finished: the retry would skip the router and end the graph, with half of it not run.
    """
    if all(channel != "__error__" for channel, _ in writes):
        return writes
    return [(channel, value) for channel, value in writes if channel in KEPT_OF_FAILED]
