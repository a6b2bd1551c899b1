"""An event loop that outlasts a `sys.exit()` in somebody's node."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_lasting(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a worker's coroutine to its end.

    A task that raises SystemExit or KeyboardInterrupt stops its event loop at once, and with it all that runs there:
    each other stage, and the report of what happened. Who awaits the task is told as well: so here the loop goes on.
    """
    with asyncio.Runner() as runner:
        main = runner.get_loop().create_task(coroutine)
        while True:
            try:
                return runner.get_loop().run_until_complete(main)
            except (SystemExit, KeyboardInterrupt):
                if main.done() or signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                    raise
