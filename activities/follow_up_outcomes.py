"""How each follow-up ended: the record that whoever goes on from here reads. Here it is a SQLite file."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from temporalio import activity

from graphs.follow_up_case import OutcomeRecord

BUSY_TIMEOUT_SECONDS = 30.0


class Outcomes:
    """The activity `record_outcome`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @activity.defn
    async def record_outcome(self, record: OutcomeRecord) -> None:
        """Write it down; a second time changes nothing."""
        await asyncio.to_thread(self._write, record)

    def read(self) -> dict[str, str]:
        """Outcome by workflow id."""
        with closing(self._open()) as file:
            return dict(file.execute("SELECT workflow_id, outcome FROM outcomes").fetchall())

    def _write(self, record: OutcomeRecord) -> None:
        with closing(self._open()) as file:
            file.execute(
                "INSERT OR IGNORE INTO outcomes (workflow_id, outcome, decided_by) VALUES (?, ?, ?)",
                (record.workflow_id, record.outcome, record.decided_by),
            )

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        file.execute(
            "CREATE TABLE IF NOT EXISTS outcomes "
            "(workflow_id TEXT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL, decided_by TEXT NOT NULL)"
        )
        return file
