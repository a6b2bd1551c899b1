"""Whether somebody has cancelled the current task: asked, because a cancellation that comes while an activity is
completing would otherwise be lost with its result."""

import asyncio


class Cancellation:
    """What cancels the current task from now on. What cancelled it before does not count: it cleans up after that."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._before = self._count()

    @property
    def requested(self) -> bool:
        """Whether it has come."""
        return self._count() > self._before

    def check(self, cause: BaseException | None = None) -> None:
        """Return if it has not come.

        Raises:
            CancelledError: It has.
        """
        if self.requested:
            raise asyncio.CancelledError from cause

    def _count(self) -> int:
        return self._task.cancelling() if self._task is not None else 0
