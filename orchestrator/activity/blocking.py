"""Names the async node that blocks the event loop: while it does, no stage of this worker beats, drains or hears of a
cancellation."""

import asyncio
import contextlib
import sys
import threading
import traceback
from collections.abc import AsyncIterator
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 1.0
MACHINERY = ("asyncio", "langgraph", "langchain_core", "temporalio", "concurrent", "selectors.py", "contextlib.py")
"""Parts of the paths of what is never the culprit."""


@contextlib.asynccontextmanager
async def watched_loop() -> AsyncIterator[None]:
    """Watch this event loop from a thread while the block runs."""
    loop, thread_id, stop = asyncio.get_running_loop(), threading.get_ident(), threading.Event()

    def watch() -> None:
        while not stop.wait(PATIENCE_SECONDS):
            alive = threading.Event()
            with contextlib.suppress(RuntimeError):  # the loop has closed just now
                loop.call_soon_threadsafe(alive.set)
            if not alive.wait(PATIENCE_SECONDS) and not stop.is_set():
                frame = sys._current_frames().get(thread_id)  # noqa: SLF001 - documented, and the only way to look in
                log.warning("a node blocks the event loop; make it sync, or await", where=_culprit(frame))
                while not alive.wait(PATIENCE_SECONDS) and not stop.is_set():
                    pass

    watcher = threading.Thread(target=watch, name="loop watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()


def _culprit(frame: FrameType | None) -> str:
    """The innermost line that is not machinery, as `function (file:line)`."""
    stack = [entry for entry in traceback.extract_stack(frame) if not any(part in entry.filename for part in MACHINERY)]
    return f"{stack[-1].name} ({stack[-1].filename}:{stack[-1].lineno})" if stack else "unknown"
