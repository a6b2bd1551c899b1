"""What a run of the retention came to."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import Field

from orchestrator.model import Record

LISTED = 1000
"""Items in a report; the rest is counted."""

Because = Literal["due", "orphan"]


class Item(Record):
    """A thread or a value that went, or would go."""

    kind: Literal["thread", "value"]
    id: str
    workflow_id: str
    graph: str | None = None
    because: Because
    checkpoints: int = 0
    size_bytes: int = 0
    last_used_at: datetime | None = None


class Report(Record):
    """What a run of the retention came to."""

    dry_run: bool
    threads: int = 0
    """That went, or would go."""
    values: int = 0
    size_bytes: int = 0
    kept: dict[str, int] = Field(default_factory=dict)
    """Why the others stay, and how many. `orphan`: only with --orphans would they go."""
    items: list[Item] = Field(default_factory=list)
    """The first 1,000."""
    left_off: int = 0
    """Items beyond them."""
    orphans: list[Item] = Field(default_factory=list)
    """The first 1,000 of those that stay only because orphans were not asked for."""


@dataclass
class Tally:
    """A report in the making."""

    kept: Counter[str] = field(default_factory=Counter)
    went: list[Item] = field(default_factory=list)
    orphans: list[Item] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item) -> None:
        """It goes."""
        self.counted.update({f"{item.kind}s": 1, "size_bytes": item.size_bytes})
        if len(self.went) < LISTED:
            self.went.append(item)

    def report(self, *, dry_run: bool) -> Report:
        """What it came to."""
        threads, values = self.counted["threads"], self.counted["values"]
        return Report(
            dry_run=dry_run,
            threads=threads,
            values=values,
            size_bytes=self.counted["size_bytes"],
            kept=dict(sorted(self.kept.items())),
            items=self.went,
            left_off=threads + values - len(self.went),
            orphans=self.orphans[:LISTED],
        )
