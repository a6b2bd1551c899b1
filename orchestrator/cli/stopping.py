"""How a serving command ends: the first SIGINT, SIGTERM or SIGHUP asks it to, the second one insists."""

import asyncio
import signal

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopping:
    """Set once the process has been asked to stop.

    The first signal sets `asked`. Before `serving` is set, and from the second signal on, the task that made this
    object is cancelled instead.
    """

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.serving = False
        self._task = asyncio.current_task()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        insists = self.asked.is_set() or not self.serving
        self.asked.set()
        if insists and self._task is not None:
            self._task.cancel()
