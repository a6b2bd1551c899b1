"""Runs of the application `crowd`, the workers that serve them, and what can be seen of both from outside."""

import asyncio
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from tests.support import processes
from tests.support.crash_rows import Rows, check_chains, rows
from tests.support.processes import WorkerProcess, worker_process

Handle = WorkflowHandle[Any, Any]

PATIENCE_SECONDS = 45
TASK_TIMEOUT = timedelta(seconds=3)
"""How long a workflow task is lost that a suspended or cut-off worker took; ten seconds by default."""

RANKS = {
    "chain": {"one": 0, "two": 1, "three": 2},
    "parallel": {"a": 0, "b": 0, "c": 0, "join": 1},
    "questions": {"before": 0, "asking": 1, "after": 2},
    "nested": {"before": 0, "prepare": 1, "asking": 2, "after": 3},
    "sides": {"left": 0, "right": 0, "join": 1},
}
"""In which order a graph's nodes run."""


class Mark(NamedTuple):
    """What a node wrote down."""

    event: str
    name: str
    node: str
    thread: str
    pid: int


def expected(graph: str, answers: dict[str, str]) -> list[str]:
    """The log of a run, sorted, given the answers to its questions."""
    asking = "asking {} {}".format(answers.get("first?"), answers.get("second?"))
    logs = {
        "chain": ["one", "two", "three"],
        "parallel": ["a", "b", "c", "join"],
        "questions": ["before", asking, "after"],
        "nested": ["before", "before", "prepare", asking, "after"],  # the subgraph hands back the log that it was given
        "sides": [f"left {answers.get('left?')}", f"right {answers.get('right?')}", "join"],
    }
    return sorted(logs[graph])


async def outcome(handle: Handle) -> list[str]:
    """The log of a run, sorted, once it has ended."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        result = await handle.result()
    log: list[str] = result["output"]["log"]
    return sorted(log)


@dataclass(frozen=True)
class Crew:
    """One checkpointer and one task queue, and whoever works on them."""

    client: Client
    address: str
    folder: Path
    checkpoints: str

    def worker(
        self, *, address: str | None = None, checkpoints: str | None = None, wait: bool = True, **environment: str
    ) -> AbstractAsyncContextManager[WorkerProcess]:
        """A worker process, by default on the shortest way to Temporal and to the checkpointer."""
        return worker_process(
            address or self.address,
            "crowd",
            self.folder,
            checkpoints=checkpoints or self.checkpoints,
            kill_after=None,
            wait=wait,
            **{"ORCHESTRATOR_TASK_QUEUE": self.folder.name, **environment},
        )

    async def begin(self, graph: str, name: str = "run", heartbeat_timeout: str = "PT2S") -> Handle:
        """A started run; a worker that is silent for two seconds is taken for dead."""
        options = {
            "heartbeat_timeout": heartbeat_timeout,
            "retry": {"initial_interval": "PT0.1S", "maximum_interval": "PT1S", "maximum_attempts": 100},
        }
        return await self.client.start_workflow(
            "GraphRun",
            {"graph": graph, "input": {"name": name, "log": []}, "options": options},
            id=f"{graph}-{name}-{uuid4().hex[:8]}",
            task_queue=self.folder.name,
            task_timeout=TASK_TIMEOUT,
        )

    def release(self, *nodes: str) -> None:
        """Let nodes go on: `NODE`, `NODE-RUN` or `NODE-PID`; all of them by default."""
        for node in nodes or ("",):
            (self.folder / f"release-{node}".rstrip("-")).touch()

    def marks(self) -> list[Mark]:
        """What nodes wrote down, in order."""
        lines = [line.split("\t") for line in processes.marks(self.folder)]
        return [Mark(event, name, node, thread, int(pid)) for event, name, node, thread, pid in lines]

    def count(self, event: str) -> Counter[tuple[str, str]]:
        """How often each node of each run, (run, node), did that."""
        return Counter((mark.name, mark.node) for mark in self.marks() if mark.event == event)

    async def until(self, event: str, node: str, *, pid: int | None = None, runs: int = 1) -> None:
        """Return once that many runs have come there."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len({mark.name for mark in self.marks() if mark[::2] == (event, node, pid or mark.pid)}) < runs:
                await asyncio.sleep(0.02)

    async def until_attempt(self, handle: Handle, attempt: int) -> None:
        """Return once the stage that runs has been tried that often."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                pending = (await handle.describe()).raw_description.pending_activities
                if pending and pending[0].attempt >= attempt:
                    return
                await asyncio.sleep(0.05)

    def rows(self) -> Rows:
        """What stands in the database."""
        return rows(self.checkpoints)

    def check(self, graphs: dict[str, str], *, stopped: frozenset[int] = frozenset()) -> None:
        """Check what must hold whatever happened.

        Args:
            graphs: Which graph each run runs, by the run's name.
            stopped: Processes that were suspended: what their nodes do when they wake nobody can prevent.

        Raises:
            AssertionError: A thread forked, or a node ran after its super-step had been written.
        """
        assert check_chains(self.checkpoints) > 0
        reached: dict[str, int] = {}
        for mark in self.marks():
            if mark.event != "begin":
                continue
            rank = RANKS[graphs[mark.name]][mark.node]
            if mark.pid not in stopped:
                assert rank >= reached.get(mark.thread, 0), f"{mark} ran again: {self.marks()}"
            reached[mark.thread] = max(rank, reached.get(mark.thread, 0))
