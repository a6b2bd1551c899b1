"""Real worker processes, started and killed by the tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from orchestrator.testing import processes
from orchestrator.testing.processes import START_TIMEOUT_SECONDS, KillAfter, WorkerProcess

ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"

__all__ = ["APPS", "ROOT", "WorkerProcess", "marks", "release", "until_marked", "worker_process"]


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
    """A worker that serves `tests/support/apps/<app>/langgraph.json`; see `orchestrator.testing.worker_process`.

    Args:
        address: Of the Temporal server.
        app: Folder under `apps`.
        folder: Where it keeps its checkpoints and logs; two workers of one test share it.
        checkpoints: URL; a SQLite file in the folder by default.
        kill_after: See `KillAfter`.
        wait: Return once it polls.
        environment: More variables for it.
    """
    async with processes.worker_process(
        address,
        folder,
        "--config",
        str(APPS / app / "langgraph.json"),
        checkpoints=checkpoints,
        kill_after=KillAfter(**kill_after) if kill_after else None,
        wait=wait,
        **{"MARKS": str(folder / "marks"), "PYTHONPATH": str(ROOT), **environment},
    ) as worker:
        yield worker


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
