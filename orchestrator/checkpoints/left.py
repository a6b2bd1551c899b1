"""What is left of a thread that was pruned."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from orchestrator.checkpoints.needed import by_namespace, deltas, whole
from orchestrator.checkpoints.row import Place, Row

LAST = "~"
"""Comes after every checkpoint id."""


def incomplete(rows: Iterable[Row], asked: Collection[Place]) -> set[str]:
    """The root's checkpoints from which nothing can begin afresh: they stay for the sake of later ones, while something
    has gone of what they go back to, or of what a subgraph that remembers had then.

    Args:
        rows: The thread's.
        asked: Those of which a task waits.
    """
    namespaces = by_namespace(rows)
    root = Left(namespaces.get("", {}))
    remembering = [Left(own) for name, own in namespaces.items() if name and ":" not in name]
    gone_on = {row.parent_id for row in root.rows.values()}
    found = set()
    for one, following in pairwise([*root.ids, LAST]):
        # Since a wait began subgraphs have only lost what came later, except for those that were at work then.
        is_wait = one not in gone_on or ("", one) in asked
        if root.lost[one] or any(own.lacks(one, following if is_wait else LAST) for own in remembering):
            found.add(one)
    return found


class Left:
    """What is left of a namespace."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows
        self.ids = sorted(rows)
        self.cut = {one for one, row in rows.items() if row.parent_id and row.parent_id not in rows}
        """Those whose parent has gone."""
        self.lost: dict[str, set[str]] = {}
        """Of each the DeltaChannels that go back to what has gone."""
        known = {name for row in rows.values() for name in deltas(row.metadata)}
        for one in self.ids:
            above = known if one in self.cut else self.lost.get(rows[one].parent_id or "", set())
            self.lost[one] = above - whole(rows[one])

    def lacks(self, checkpoint_id: str, until: str) -> bool:
        """Whether what it had at that time may not be all there: the first that comes after it, before `until`, has
        lost its parent, and nobody knows when that was written."""
        at = bisect_right(self.ids, checkpoint_id)
        before, after = self.ids[at - 1 : at] if at else [], self.ids[at : at + 1]
        return any(self.lost[one] for one in before) or any(one in self.cut and one < until for one in after)
