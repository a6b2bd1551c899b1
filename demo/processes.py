"""The demonstration's child processes: started, killed, and gone when it ends."""

import asyncio
import contextlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx

START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 10
POLL_SECONDS = 0.05


class NotStarted(Exception):
    """A child process ended before it was up."""


class Child:
    """One Python child process, in a session of its own: Ctrl-C is for the demonstration, which ends its children.

    Args:
        name: Of its log file.
        arguments: After `python -m`.
        environment: All of it.
        folder: Where its log goes.
    """

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.arguments = arguments
        self.environment = environment
        self.log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it is."""
        return self._process is not None and self._process.returncode is None

    def last_words(self) -> str:
        """The last line of its log."""
        return (self.log.read_text(errors="replace").strip().splitlines() or ["nothing"])[-1]

    async def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self.arguments,
                env=dict(self.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """SIGKILL, and wait until it is dead."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL if that does not help."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT_SECONDS)
        except TimeoutError:
            await self.kill()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()


async def until_up(workers: Sequence[Child], services: Mapping[str, Child] | None = None) -> None:
    """Workers poll, and services answer at their URLs.

    Raises:
        NotStarted: One ended; its log says why.
        TimeoutError: One is not up within 30 s.
    """
    services = services or {}
    async with asyncio.timeout(START_TIMEOUT_SECONDS), httpx.AsyncClient(trust_env=False) as http:
        while not (_poll(workers) and await _answer(http, services)):
            if dead := [child for child in (*services.values(), *workers) if not child.running]:
                raise NotStarted(f"{dead[0].name} ended with: {dead[0].last_words()} (log: {dead[0].log})")
            await asyncio.sleep(POLL_SECONDS)


def _poll(workers: Iterable[Child]) -> bool:
    return all("worker started" in worker.log.read_text() for worker in workers)


async def _answer(http: httpx.AsyncClient, urls: Iterable[str]) -> bool:
    try:
        for url in urls:
            await http.get(url)
    except httpx.TransportError:
        return False
    return True
