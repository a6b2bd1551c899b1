"""Progress: a bar on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_EVERY_SECONDS = 5


class Screen:
    """Says what happens."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.started = time.monotonic()
        self._printed = 0.0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("decided", total=None, note="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._bar.stop()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.started

    def event(self, text: str) -> None:
        """Something worth a line of its own."""
        self.console.print(f"{self.seconds:6.1f} s  {text}", highlight=False, soft_wrap=True)

    def status(self, decided: int, total: int, note: str) -> None:
        """How far it is; elsewhere than on a terminal only every 5 s."""
        self._bar.update(self._task, completed=decided, total=total, note=note)
        if not self.console.is_terminal and self.seconds - self._printed >= LINE_EVERY_SECONDS:
            self._printed = self.seconds
            self.event(f"{decided} of {total} decided; {note}")
