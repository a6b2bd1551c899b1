"""A thread that does not grow with its steps: while it runs, the checkpoints between two waits go.

A thread needs its latest checkpoints in order to go on, and those of its waits for a reset. What lies between them is
history: with every step a copy of all that the step has changed, so a list that grows with the steps grows with their
square here.
"""

from orchestrator.checkpoints.store import CheckpointStore, Lease, Rows
from orchestrator.errors import Refused

EVERY = 20
"""Super-steps of the root graph."""


class Thinning:
    """Of one turn of a stage.

    Args:
        store: Where the thread is.
        lease: The turn's.
        base: The latest checkpoint of the last wait: this and all before it stays; empty: there was none.
        wanted: Whether to do anything.
    """

    def __init__(self, store: CheckpointStore, lease: Lease, base: str, *, wanted: bool) -> None:
        self.store = store
        self.lease = lease
        self.base = base
        self.wanted = wanted
        self._at: int | None = None

    async def on_step(self, step: int) -> None:
        """Now and then.

        Raises:
            LeaseLost: A later turn or attempt has the thread. *Not retryable.*
        """
        if self._at is None:
            self._at = step
        elif step - self._at >= EVERY:
            self._at = step
            await self.now()

    async def now(self) -> None:
        """Delete what lies between the last wait and where the thread stands.

        Raises:
            LeaseLost: A later turn or attempt has the thread. *Not retryable.*
        """
        if not self.wanted:
            return
        try:
            thread_id = self.lease.thread_id
            self.wanted = await self.store.atomically(lambda rows: _thin(rows, thread_id, self.base), self.lease)
        except Refused:  # memory keeps everything until the stage has ended
            self.wanted = False


async def _thin(rows: Rows, thread_id: str, base: str) -> bool:
    """Whether it could: a DeltaChannel's value is spread over the history, so a thread that has one stays whole."""
    if await rows("uses_deltas", thread_id):
        return False
    await rows("thin_checkpoints", thread_id, base)
    await rows("thin_parents", thread_id, base)
    await rows("head_writes", thread_id)
    await rows("head_blobs", thread_id)
    return True
