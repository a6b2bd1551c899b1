"""The bureau's process as a test sees it."""

from collections import Counter
from dataclasses import dataclass

import httpx

from demo.journal import Journal


@dataclass(frozen=True)
class BureauProcess:
    """Where it is, and what it did."""

    url: str
    ledger: Journal

    def up(self) -> bool:
        """Whether it answers."""
        try:
            return httpx.get(f"{self.url}/health", timeout=1, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def done(self, file_number: int) -> Counter[str]:
        """How often it carried out each kind of order for a file."""
        return Counter(entry["kind"] for entry in self._lines(file_number) if entry["what"] == "done")

    def refused(self, file_number: int) -> Counter[str]:
        """How often it refused each kind of order for a file."""
        return Counter(entry["kind"] for entry in self._lines(file_number) if entry["what"] == "refused")

    def _lines(self, file_number: int) -> list[dict[str, str]]:
        return [entry for entry in self.ledger.read() if entry["file_number"] == file_number]
