"""Continued threads: runs of a graph that go on, one after the other, from the state that the last one left.

Each run keeps a thread of its own, which begins as a copy of the last one's. So all that holds for a thread holds here:
one run, one writer, and a reset is exact. With what a run began is written down when it first asks, and stays: on each
attempt, and after a reset, it begins with the same. A run that was reset changes what comes after it only if nothing
has gone on from it yet.
"""

from dataclasses import dataclass

from orchestrator.checkpoints.store import CheckpointStore, Rows


@dataclass(frozen=True, slots=True)
class Base:
    """Where a run begins; both None: there was none before it."""

    thread_id: str | None
    checkpoint_id: str | None
    """The root graph's latest."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that wants to go on with a continued thread."""

    name: str
    root: str
    """The thread id that its stage began with: the same after a reset."""
    workflow_id: str
    run_id: str


class InUse(Exception):
    """The run before has left nothing yet: it has not ended, or it failed."""

    def __init__(self, workflow_id: str, root: str) -> None:
        super().__init__(workflow_id)
        self.workflow_id = workflow_id
        self.root = root


async def claim(store: CheckpointStore, wanted: Claim, after: str | None = None) -> Base:
    """With what a run begins; it is the last one now.

    Args:
        store: Where the threads are.
        wanted: Who asks.
        after: The root of a run that has ended and left nothing: begin where that one began.

    Raises:
        InUse: The run before has left nothing, and is not `after`.
        Refused: The store keeps no continued threads. *Not retryable.*
    """

    async def work(rows: Rows) -> Base:
        await rows("lock_name", wanted.name)
        if known := await rows("claimed", wanted.root):
            await rows("claim_again", wanted.run_id, wanted.root)
            return Base(*known[0])
        seq, base = 0, Base(None, None)
        if last := await rows("last_claim", wanted.name):
            seq, root, workflow_id, *threads = last[0]
            began, left = Base(*threads[:2]), Base(*threads[2:])
            if left.thread_id is None and root != after:
                raise InUse(workflow_id, root)
            base = began if left.thread_id is None else left
        where = (base.thread_id, base.checkpoint_id)
        await rows("claim", wanted.name, seq + 1, wanted.root, wanted.workflow_id, wanted.run_id, *where)
        return base

    return await store.atomically(work)


async def leave(store: CheckpointStore, held: Claim, thread_id: str, checkpoint_id: str) -> None:
    """Let the next run go on from here. Safe to repeat."""
    await store.atomically(lambda rows: rows("leave", thread_id, checkpoint_id, held.root, held.run_id))
