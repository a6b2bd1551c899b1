"""One checkpoint, as a database has it."""

from dataclasses import dataclass
from typing import Any

Place = tuple[str, str]
"""Namespace and checkpoint id."""


@dataclass(frozen=True)
class Row:
    """A checkpoint without its state."""

    namespace: str
    checkpoint_id: str
    parent_id: str | None
    """Also of one that has gone."""
    metadata: dict[str, Any]
    size_bytes: int | None = None

    @property
    def place(self) -> Place:
        """Where in its thread."""
        return self.namespace, self.checkpoint_id
