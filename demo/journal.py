"""A file of JSON lines that several processes append to, and that survives all of them."""

import json
import os
import time
from pathlib import Path
from typing import Any


class Journal:
    """An append-only file, one JSON object a line, each with `at`: seconds since the epoch."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, **entry: Any) -> dict[str, Any]:
        """Add a line, in one write: lines of several processes do not mix, and a killed process loses none."""
        entry = {"at": time.time(), **entry}
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)
        return entry

    def read(self) -> list[dict[str, Any]]:
        """All whole lines, the oldest first."""
        if not self.path.exists():
            return []
        text = self.path.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
