"""Real processes of the application in `app`, and their client."""

import asyncio
import json
import os
import sys
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.processes import ROOT, WorkerProcess, worker_process

APP = Path(__file__).parent / "app"


@dataclass(frozen=True)
class Ward:
    """One folder, one Temporal server, and the variables of every process."""

    address: str
    folder: Path
    environment: dict[str, str]

    def worker(self, *, wait: bool = True, **environment: str) -> AbstractAsyncContextManager[WorkerProcess]:
        """A worker process."""
        variables: dict[str, Any] = {"ORCHESTRATOR_TASK_QUEUE": self.folder.name, **self.environment, **environment}
        return worker_process(self.address, str(APP), self.folder, wait=wait, **variables)

    async def command(self, *arguments: str) -> Any:
        """What a command of ours, in a process of its own, printed as JSON."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator", *arguments, "--json"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                "TEMPORAL_ADDRESS": self.address,
                "ORCHESTRATOR_CHECKPOINTS": f"sqlite:///{self.folder / 'checkpoints.db'}",
                "PYTHONPATH": str(ROOT),
                **self.environment,
            },
            cwd=self.folder,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return json.loads(out)

    async def start(self, graph: str, *more: str) -> str:
        """Start a graph from the command line; the workflow's id."""
        workflow_id = f"{graph}-{uuid4().hex[:8]}"
        given = ("--graph", "--task-queue", self.folder.name, "--id", workflow_id, "--input", '{"log": []}')
        await self.command("start", graph, *given, *more)
        return workflow_id
