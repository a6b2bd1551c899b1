"""Real processes of the command line, and what became of them."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from orchestrator.client import OrchestratorClient
from orchestrator.converter import DATA_CONVERTER

ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.status == 0, self.err
        return json.loads(self.out)

    def refused(self, status: int = 1) -> str:
        """The one line that says why, of a command that ended with that status and printed nothing else."""
        lines = self.err.splitlines()
        assert (self.status, self.out, len(lines)) == (status, "", 1), self
        assert lines[0].startswith("error: ")
        return lines[0].removeprefix("error: ")


@dataclass(frozen=True)
class CommandLine:
    """`python -m orchestrator` in one folder and environment."""

    folder: Path
    environment: Mapping[str, str]

    def but(self, folder: Path | None = None, **environment: str | None) -> "CommandLine":
        """The same, with other variables; None takes one away."""
        changed = {**self.environment, **environment}
        kept = {name: value for name, value in changed.items() if value is not None}
        return CommandLine(folder or self.folder, kept)

    def __call__(self, *arguments: str, given: str | None = None) -> Ended:
        done = subprocess.run(
            self.command(*arguments),
            input=given if given is not None else "",
            capture_output=True,
            text=True,
            env=self.environment,
            cwd=self.folder,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def shell(self, line: str) -> Ended:
        """A line of shell."""
        done = subprocess.run(
            line, shell=True, capture_output=True, text=True, env=self.environment, cwd=self.folder, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def each(self, *commands: tuple[str, ...]) -> list[Ended]:
        """Several at once; what became of each, in order."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda arguments: self(*arguments), commands))

    # Not commands: they only lead up to one.

    def begin(self, name: str, workflow_id: str, given: Any, *, until: str, task_queue: str = "clinic") -> None:
        """Start a graph or a workflow, and return once it is in that state."""

        async def go() -> None:
            client = await self._client(task_queue)
            if name[0].isupper():
                await client.start_workflow(name, given, id=workflow_id, started_by="dora")
            else:
                await client.start_graph(name, given, id=workflow_id)

        asyncio.run(go())
        self.until(workflow_id, until)

    def until(self, workflow_id: str, state: str) -> None:
        """Return once the server has that workflow in that state."""

        async def go() -> None:
            client = await self._client()
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while (await client.describe(workflow_id)).state != state:
                    await asyncio.sleep(0.05)

        asyncio.run(go())

    def until_failing(self, workflow_id: str) -> None:
        """Return once its workflow task has failed more than once."""

        async def go() -> None:
            client = await self._client()
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while (await client.describe(workflow_id)).failing < 2:
                    await asyncio.sleep(0.05)

        asyncio.run(go())

    def terminate(self, workflow_id: str) -> None:
        """End a workflow from outside."""

        async def go() -> None:
            await (await self._client()).temporal.get_workflow_handle(workflow_id).terminate("x")

        asyncio.run(go())

    async def _client(self, task_queue: str = "clinic") -> OrchestratorClient:
        return OrchestratorClient(await connected_to(self.environment["TEMPORAL_ADDRESS"]), task_queue=task_queue)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "orchestrator", *arguments]

    @contextmanager
    def serving(self, *arguments: str, until: str = "worker started") -> Iterator["Server"]:
        """A command that goes on, once it has said `until`; killed when the block ends, if it still runs."""
        with subprocess.Popen(
            self.command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
            cwd=self.folder,
        ) as process:
            server = Server(process, until)
            try:
                assert server.ready.wait(TIMEOUT_SECONDS), server.said
                assert until in server.said, server.said
                yield server
            finally:
                if process.poll() is None:
                    process.kill()
                server.reader.join()


class Server:
    """A command that goes on."""

    def __init__(self, process: "subprocess.Popen[str]", until: str) -> None:
        self.process = process
        self.said = ""
        self.ready = threading.Event()
        self.reader = threading.Thread(target=self._read, args=(until,))
        self.reader.start()

    def _read(self, until: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if until in self.said:
                self.ready.set()
        self.ready.set()

    def signal(self, number: int) -> int:
        """Its exit status after that signal."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_SECONDS)


async def connected_to(address: str) -> Client:
    return await Client.connect(address, data_converter=DATA_CONVERTER)


def environment(**variables: str) -> dict[str, str]:
    """This process's, without its own settings."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("ORCHESTRATOR_", "TEMPORAL_"))
    }
    return {**inherited, "PYTHONPATH": f"{ROOT}{os.pathsep}{APPS}", "NO_COLOR": "1", **variables}
