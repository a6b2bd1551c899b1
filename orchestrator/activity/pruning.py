"""A thread that does not grow with its steps: while it runs, the checkpoints between two waits go.

A thread needs its latest checkpoints in order to go on, and those of its waits for a reset. What lies between them is
history: with every step a copy of all that the step has changed, so a list that grows with the steps grows with their
square here.
"""

from orchestrator.checkpoints.store import CheckpointStore, Lease

EVERY = 20
"""Super-steps of the root graph."""


class Pruning:
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
        if self.wanted:
            await self.store.prune(self.lease, self.base)
