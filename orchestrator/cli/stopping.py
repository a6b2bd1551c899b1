"""How a serving command ends: the first SIGINT, SIGTERM or SIGHUP asks it to, the second one insists."""

import asyncio
import os
import signal
import sys
from types import TracebackType
from typing import Self

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
INTERRUPTED = 130


class Stopping:
    """While its block runs, signals ask for an end instead of ending the process.

    The first one sets `asked`. Before `serving` is set, and from the second one on, the task that entered the block is
    cancelled instead; from the second one on the process is gone as soon as the block has cleaned up, without waiting
    for the threads of sync nodes.
    """

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.serving = False
        self._insisted = False
        self._task = asyncio.current_task()

    def __enter__(self) -> Self:
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._insisted:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(INTERRUPTED)

    def _on_signal(self) -> None:
        self._insisted = self.asked.is_set()
        if (self._insisted or not self.serving) and self._task is not None:
            self._task.cancel()
        self.asked.set()
