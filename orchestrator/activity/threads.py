"""Sync nodes run in threads, which nobody can cancel. This executor knows which stage each of them works for."""

import concurrent.futures
from collections import defaultdict
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

STAGE: ContextVar[str | None] = ContextVar("orchestrator_stage", default=None)
"""Which stage the current code works for; inherited by LangGraph's tasks and by the threads they start."""


class StageThreads(concurrent.futures.ThreadPoolExecutor):
    """The event loop's default executor, in which LangGraph runs sync nodes."""

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers, thread_name_prefix="node")
        self._running: defaultdict[str, set[concurrent.futures.Future[Any]]] = defaultdict(set)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[T]:
        future = super().submit(fn, *args, **kwargs)
        stage = STAGE.get()
        if stage is not None:
            self._running[stage].add(future)
            future.add_done_callback(self._running[stage].discard)
        return future

    def running(self, stage: str) -> set[concurrent.futures.Future[Any]]:
        """The threads that still work for a stage."""
        return {future for future in self._running.get(stage, ()) if not future.cancel()}

    def forget(self, stage: str) -> None:
        """Drop what is kept for a stage that has ended."""
        self._running.pop(stage, None)
