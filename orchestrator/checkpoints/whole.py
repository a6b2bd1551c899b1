"""Database operations that a cancellation does not cut in two."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Coroutine[Any, Any, Any]])


class Whole:
    """Runs operations to their end, even if whoever asked for them is cancelled meanwhile.

    A connection that is left in the middle of a pipeline hangs, and one that is cancelled on its way back to the pool
    is lost to it. What is written after a cancellation does no harm: it is fenced like any other write.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def __call__(self, operation: Coroutine[Any, Any, T]) -> T:
        """The operation's result; a cancellation is passed on at once, and the operation goes on by itself."""
        task = asyncio.create_task(operation)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # if nobody is left to hear of it, it is not worth a warning

    async def settled(self) -> None:
        """Return once every operation has ended."""
        if self._running:
            await asyncio.wait(self._running)


def uninterrupted(method: M) -> M:
    """A method of an object with a `whole`, run through it."""

    @functools.wraps(method)
    async def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await self.whole(method(self, *args, **kwargs))

    return cast("M", run)
