"""Workers in processes of their own, which a test can kill at an exact point."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path

START_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class KillAfter:
    """The row of the checkpointer after whose commit a worker kills itself with SIGKILL, once."""

    table: str
    """`checkpoints` (a super-step has ended) or `writes` (a node has)."""
    depth: int | None = None
    """Of the namespace: 0 is the root graph, 1 a subgraph."""
    channel: str | None = None
    """Of a write: a key of the state."""
    step: int | None = None
    """Of a checkpoint; -1 is the input's."""
    count: int | None = None
    """The how-manieth row that fits; the first by default."""


class WorkerProcess:
    """An `orchestrator worker` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    async def until_started(self) -> None:
        """Return once it polls.

        Raises:
            AssertionError: It ended.
            TimeoutError: It took longer than a minute.
        """
        await self.until_logged("worker started")

    async def until_logged(self, text: str) -> None:
        """Return once it has logged that."""
        async with asyncio.timeout(START_TIMEOUT_SECONDS):
            while text not in self.log.read_text():
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def terminate(self) -> None:
        """SIGTERM."""
        self.process.terminate()

    async def ended(self) -> int:
        """Its exit status, once it has ended."""
        return await asyncio.wait_for(self.process.wait(), START_TIMEOUT_SECONDS)

    async def killed(self) -> None:
        """Return once it has died of SIGKILL."""
        status = await asyncio.wait_for(self.process.wait(), START_TIMEOUT_SECONDS)
        assert status == -signal.SIGKILL, f"ended with {status}: {self.log.read_text()}"


@contextlib.asynccontextmanager
async def worker_process(
    address: str,
    folder: Path,
    *arguments: str,
    checkpoints: str | None = None,
    kill_after: KillAfter | None = None,
    wait: bool = True,
    **environment: str,
) -> AsyncIterator[WorkerProcess]:
    """A worker in a process of its own; killed when the block ends, if it still runs.

    Args:
        address: Of the Temporal server.
        folder: Where it runs, and keeps its checkpoints and logs; several workers of one test share it.
        arguments: Of `orchestrator worker`: `"--app", "MODULE:NAME"` or `"--config", "FILE"`, and so on.
        checkpoints: URL; a SQLite file in the folder by default.
        kill_after: When it kills itself; of several workers in one folder only the first one that gets there does.
        wait: Return once it polls.
        environment: More variables for it.
    """
    log = folder / f"worker-{len(list(folder.glob('worker-*.log')))}.log"
    wanted = (
        {} if kill_after is None else {name: value for name, value in asdict(kill_after).items() if value is not None}
    )
    variables = {
        **os.environ,
        "TEMPORAL_ADDRESS": address,
        "ORCHESTRATOR_CHECKPOINTS": checkpoints or f"sqlite:///{folder / 'checkpoints.db'}",
        "ORCHESTRATOR_LOG_FORMAT": "json",
        "KILL_AFTER": json.dumps({name: value for name, value in wanted.items() if value is not None}),
        "KILL_FLAG": str(folder / "killed"),
        **environment,
    }
    module = "orchestrator" if kill_after is None else "orchestrator.testing.killing_worker"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, "worker", *arguments, stdout=output, stderr=output, env=variables, cwd=folder
        )
    worker = WorkerProcess(process, log)
    try:
        if wait:
            await worker.until_started()
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
