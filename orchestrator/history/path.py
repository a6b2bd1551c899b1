"""The path that a stage has taken through its graph, and where it stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from orchestrator.checkpoints.saved import Saved

Standing = Literal["running", "waiting", "failed", "next"]


@dataclass(frozen=True)
class Path:
    """Nodes by their name as drawings have it: `subgraph:node`."""

    visits: dict[str, int] = field(default_factory=dict)
    """How often each has run to its end."""
    standing: dict[str, Standing] = field(default_factory=dict)
    """Those that have begun, or are next."""

    def note(self, node: str) -> str:
        """What a drawing says beside a node."""
        visits, standing = self.visits.get(node, 0), self.standing.get(node)
        return ", ".join(filter(None, (f"{visits}\N{MULTIPLICATION SIGN}" if visits else "", standing)))

    def colour(self, node: str) -> str | None:
        """Which kind of node it is: where it stands counts for more than where it was."""
        return self.standing.get(node) or ("visited" if self.visits.get(node) else None)


def path_of(saved: "Iterable[Saved]", running: Iterable[str] = ()) -> Path:
    """The path of a thread.

    Args:
        saved: Its checkpoints.
        running: The root graph's nodes that run now.
    """
    found = list(saved)
    gone_on_from = {(one.namespace, one.parent_id) for one in found}
    visits: Counter[str] = Counter()
    standing: dict[str, Standing] = {}
    for one in found:
        prefix = f"{one.namespace.replace('|', ':')}:" if one.namespace else ""
        visits.update(prefix + task.node for task in one.tasks if task.state == "finished")
        if (one.namespace, one.checkpoint_id) in gone_on_from:
            continue
        standing.update(dict.fromkeys((prefix + node for node in one.following), "next"))
        for task in one.tasks:
            standing.pop(prefix + task.node, None)
            if task.state in ("asked", "failed"):
                standing[prefix + task.node] = "waiting" if task.state == "asked" else "failed"
    return Path(dict(visits), {**standing, **_running(standing, set(running))})


def _running(standing: dict[str, Standing], running: set[str]) -> dict[str, Standing]:
    """Of a subgraph that runs, heartbeats name only the node that holds it: inside, what is next runs."""
    inside = (node for node, state in standing.items() if state == "next" and node.partition(":")[0] in running)
    return dict.fromkeys((*running, *inside), "running")
