"""Real worker processes, started and killed by the tests."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"
START_TIMEOUT_SECONDS = 60


class WorkerProcess:
    """A `python -m orchestrator worker` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    async def until_started(self) -> None:
        """Return once it polls.

        Raises:
            AssertionError: It ended, or took longer than a minute.
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
    app: str,
    folder: Path,
    *,
    checkpoints: str | None = None,
    kill_after: Mapping[str, Any] | None = None,
    wait: bool = True,
    **environment: str,
) -> AsyncIterator[WorkerProcess]:
    """A worker that serves `tests/support/apps/<app>/langgraph.json`.

    Args:
        address: Of the Temporal server.
        app: Folder under `apps`.
        folder: Where it keeps its checkpoints and logs; two workers of one test share it.
        checkpoints: URL; a SQLite file in the folder by default.
        kill_after: See `killing_worker`.
        wait: Return once it polls.
        environment: More variables for it.
    """
    log = folder / f"worker-{len(list(folder.glob('worker-*.log')))}.log"
    arguments = [str(Path(__file__).parent / "killing_worker.py")] if kill_after else ["-m", "orchestrator"]
    variables = {
        **os.environ,
        "TEMPORAL_ADDRESS": address,
        "ORCHESTRATOR_CHECKPOINTS": checkpoints or f"sqlite:///{folder / 'checkpoints.db'}",
        "ORCHESTRATOR_LOG_FORMAT": "json",
        "MARKS": str(folder / "marks"),
        "KILL_AFTER": json.dumps(kill_after or {}),
        "KILL_FLAG": str(folder / "killed"),
        "PYTHONPATH": str(ROOT),
        **environment,
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            "worker",
            "--config",
            str(APPS / app / "langgraph.json"),
            stdout=output,
            stderr=output,
            env=variables,
            cwd=folder,
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


def marks(folder: Path) -> list[str]:
    """What the application's nodes wrote down, in order."""
    file = folder / "marks"
    return file.read_text().splitlines() if file.exists() else []


async def until_marked(folder: Path, mark: str) -> None:
    """Return once a node has written that down."""
    async with asyncio.timeout(START_TIMEOUT_SECONDS):
        while mark not in marks(folder):
            await asyncio.sleep(0.02)


def release(folder: Path, *nodes: str) -> None:
    """Let nodes of the application `slow` go on."""
    for node in nodes:
        (folder / f"release-{node}").touch()
