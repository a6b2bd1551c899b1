"""Which mails were sent, in a SQLite file that several workers share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_TIMEOUT_SECONDS = 30.0


class Outbox:
    """Remembers the key of each mail that the mail server took."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def was_sent(self, key: str) -> bool:
        """Whether the mail server took the mail already."""
        with self._open() as file:
            return file.execute("SELECT 1 FROM sent WHERE key = ?", (key,)).fetchone() is not None

    def record(self, key: str) -> None:
        """Remember that the mail server took the mail."""
        with self._open() as file:
            file.execute("INSERT OR IGNORE INTO sent (key) VALUES (?)", (key,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute(
                "CREATE TABLE IF NOT EXISTS sent (key TEXT NOT NULL PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)"
            )
            yield file
        finally:
            file.close()
