"""Group commit: what several runs have to write at the same time goes to the database in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from orchestrator.errors import StoreUnavailable

ROUNDS = 12
"""How often the event loop goes round before a commit begins: LangGraph hands in what the nodes of a step did and the
checkpoint after them within a few rounds of each other. With nothing else to do that takes 0.1 ms."""
MOST = 256
"""Writes in one transaction."""
SHARED_BYTES = 65_536
"""What is larger is written over a connection of its own."""


class Write(Protocol):
    """What one call of a saver has to write."""

    @property
    def thread_id(self) -> str:
        """Writes of one thread that are done one by one keep their order."""
        ...

    @property
    def ends_step(self) -> bool:
        """Whether it is a checkpoint: nothing more of its step will come."""
        ...


class SizedWrite(Write, Protocol):
    """One that knows its size."""

    @property
    def size_bytes(self) -> int:
        """Of all that is sent."""
        ...


W = TypeVar("W", bound=Write)
S = TypeVar("S", bound=SizedWrite)


@dataclass(slots=True)
class Submitted(Generic[W]):
    """A write, and where its caller waits."""

    write: W
    done: "asyncio.Future[None]"
    settled: bool = False

    def settle(self, error: BaseException | None) -> None:
        """Tell the caller, if it still waits."""
        self.settled = True
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class GroupCommit(Generic[W]):
    """Commits writes in the order in which they came, and tells each caller what became of its own.

    If a transaction of several fails for a reason that may be one write's alone (its lease is lost, a row is refused,
    somebody holds a lock), each is done again in a transaction of its own: that is harmless, because a transaction
    that failed has left nothing, and what a saver writes may be written twice.
    """

    def __init__(
        self,
        together: Callable[[Sequence[W]], Awaitable[None]],
        alone: Callable[[W], Awaitable[None]],
        patience_seconds: float,
    ) -> None:
        self._together = together
        self._alone = alone
        self._patience_seconds = patience_seconds
        self._queue: list[Submitted[W]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._drains = False

    @property
    def gathers(self) -> bool:
        """Whether writes are waiting to be taken along."""
        return bool(self._queue)

    async def __call__(self, write: W) -> None:
        """Return once `write` is committed.

        A caller that is cancelled first waits for the outcome, so that nothing of it is written after it has ended; for
        no longer than the store's patience, since a server may never answer.
        """
        loop = asyncio.get_running_loop()
        submitted = Submitted(write, loop.create_future())
        self._queue.append(submitted)
        if not self._drains:
            self._drains = True
            self._start(self._drain())
        try:
            await submitted.done
        except asyncio.CancelledError:
            if not submitted.settled:
                submitted.done = loop.create_future()  # the other was cancelled with its caller
            submitted.done.add_done_callback(_heard)
            await asyncio.wait([submitted.done], timeout=self._patience_seconds)
            raise

    async def settled(self) -> None:
        """Return once every write has had its outcome."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # In no caller's context: it serves others as well, and outlives them.
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self) -> None:
        """Commit until there is nothing left to commit."""
        batch: list[Submitted[W]] = []
        try:
            while self._queue:
                await self._gather()
                batch, self._queue = self._queue[:MOST], self._queue[MOST:]
                await self._commit(batch)
        except BaseException as error:  # the event loop is ending
            _settle([*batch, *self._queue], error)
            self._queue = []
            raise
        finally:
            self._drains = False

    async def _gather(self) -> None:
        """Let what belongs to the same step come in, if it is about to."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
            if any(submitted.write.ends_step for submitted in self._queue):
                return

    async def _commit(self, batch: list[Submitted[W]]) -> None:
        try:
            await self._together([submitted.write for submitted in batch])
        except StoreUnavailable as error:
            _settle(batch, error)
        except Exception:  # noqa: BLE001 - whatever it is, each caller hears of its own
            threads: dict[str, list[Submitted[W]]] = {}
            for submitted in batch:
                threads.setdefault(submitted.write.thread_id, []).append(submitted)
            for of_thread in threads.values():
                self._start(self._one_by_one(of_thread))
        else:
            _settle(batch, None)

    async def _one_by_one(self, batch: list[Submitted[W]]) -> None:
        """Beside the others: one of them may have to wait for a lock."""
        for submitted in batch:
            try:
                await self._alone(submitted.write)
            except Exception as error:  # noqa: BLE001 - the caller's
                submitted.settle(error)
            except BaseException as error:  # the event loop is ending
                _settle(batch, error)
                raise
            else:
                submitted.settle(None)


async def by_size(write: S, shared: GroupCommit[S], own: GroupCommit[S]) -> None:
    """Commit a small write together with other threads'. A large one goes with its own thread's, so that others need
    not wait for it; what belongs to the same step goes with it."""
    await (shared if write.size_bytes <= SHARED_BYTES and not own.gathers else own)(write)


def _settle(batch: Iterable[Submitted[W]], error: BaseException | None) -> None:
    for submitted in batch:
        submitted.settle(error)


def _heard(done: "asyncio.Future[None]") -> None:
    """If nobody is left to hear of an error, it is not worth a warning."""
    if not done.cancelled():
        done.exception()
