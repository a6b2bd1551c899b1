"""A real pseudo-terminal with a command on it, and somebody who types."""

import os
import pty
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cli.running import TIMEOUT_SECONDS, CommandLine

# Ctrl-C reaches the command only if the terminal is its controlling one, and ends it only if it is not ignored, as in
# whatever a shell started in the background.
TAKES_THE_TERMINAL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """What stands on it, and its keyboard."""

    def __init__(self, descriptor: int, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said = ""
        self._descriptor = descriptor
        self._seen = 0

    def expect(self, text: str) -> str:
        """What came before that text, once it stands there."""
        while (place := self.said.find(text, self._seen)) < 0:
            assert self._read(), f"no {text!r} in: {self.said[self._seen :]}"
        before = self.said[self._seen : place]
        self._seen = place + len(text)
        return before

    def type(self, text: str) -> None:
        """Keys, as they are."""
        os.write(self._descriptor, text.encode())

    def interrupt(self, key: str, text: str) -> None:
        """A key until that text stands there: a signal that comes just before a read begins does not end it."""
        while text not in self.said[self._seen :]:
            assert self.process.poll() is None, self.said
            self.type(key)
            while text not in self.said[self._seen :] and self._comes_within(1) and self._read():
                pass
        self.expect(text)

    def answer(self, question: str, line: str) -> None:
        """A line, once the question stands there."""
        self.expect(question)
        self.type(f"{line}\n")

    def end(self) -> int:
        """The command's exit status."""
        while self._read():
            pass
        return self.process.wait(TIMEOUT_SECONDS)

    def _read(self) -> bool:
        assert self._comes_within(TIMEOUT_SECONDS), f"nothing more comes after: {self.said}"
        try:
            found = os.read(self._descriptor, 4096)
        except OSError:  # Linux, once the command has ended
            return False
        self.said += found.decode().replace("\r\n", "\n")
        return bool(found)

    def _comes_within(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            return bool(selector.select(seconds))


@contextmanager
def terminal(
    command_line: CommandLine, *arguments: str, stdout: int | None = None, kind: str = "dumb"
) -> Iterator[Terminal]:
    """A command on a terminal of its own; `stdout` may lead elsewhere."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", TAKES_THE_TERMINAL, *command_line.command(*arguments)],
        stdin=theirs,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        text=True,
        env={**command_line.environment, "TERM": kind, "COLUMNS": "120"},
        cwd=command_line.folder,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        try:
            yield Terminal(ours, process)
        finally:
            if process.poll() is None:
                process.kill()
            os.close(ours)
