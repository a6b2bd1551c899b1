"""Which version of a graph has written a checkpoint."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, get_type_hints

from langgraph.pregel import Pregel

FINGERPRINT = "orchestrator_fingerprint"
"""Key of each checkpoint's metadata: the fingerprint of the graph that wrote it."""

FORMAT = "2-"
"""What begins a fingerprint: the version of what goes into it. The first had no such mark, and no edges."""


def fingerprint(graph: Pregel[Any, Any, Any, Any]) -> str:
    """The fingerprint of a graph: its nodes and edges, state keys and static breakpoints, its subgraphs included; `2-`
    and 16 hexadecimal digits."""
    return FORMAT + _digest([*_shape(graph, ""), *_topology(graph, "")])


def first_fingerprint(graph: Pregel[Any, Any, Any, Any]) -> str:
    """The same in the first format, in which threads may still be stored: equal for graphs whose edges differ."""
    return _digest(_shape(graph, ""))


def state_hints(graph: Pregel[Any, Any, Any, Any]) -> dict[str, Any]:
    """The types of the state's keys, as far as the graph has a schema."""
    schema = getattr(getattr(graph, "builder", None), "state_schema", None)
    return get_type_hints(schema) if isinstance(schema, type) else {}


def _digest(parts: Any) -> str:
    return hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()[:16]


def _shape(graph: Pregel[Any, Any, Any, Any], path: str) -> Iterator[tuple[str, Any]]:
    yield f"{path}nodes", sorted(graph.nodes)
    yield f"{path}keys", {key: repr(hint) for key, hint in state_hints(graph).items()}
    yield f"{path}breakpoints", [_sorted(graph.interrupt_before_nodes), _sorted(graph.interrupt_after_nodes)]
    for node, inner in graph.get_subgraphs():
        if isinstance(inner, Pregel):
            yield from _shape(inner, f"{path}{node}/")


def _topology(graph: Pregel[Any, Any, Any, Any], path: str) -> Iterator[tuple[str, Any]]:
    """Channels, what triggers a node, and the edges as they were drawn."""
    yield f"{path}channels", {name: type(channel).__name__ for name, channel in graph.channels.items()}
    yield f"{path}triggers", {name: sorted(node.triggers) for name, node in graph.nodes.items()}
    builder = getattr(graph, "builder", None)
    yield f"{path}edges", sorted(map(list, getattr(builder, "edges", ())))
    yield (
        f"{path}branches",
        {
            start: {name: sorted(branch.ends.values()) if branch.ends else None for name, branch in branches.items()}
            for start, branches in getattr(builder, "branches", {}).items()
        },
    )
    for node, inner in graph.get_subgraphs():
        if isinstance(inner, Pregel):
            yield from _topology(inner, f"{path}{node}/")


def _sorted(nodes: Any) -> Any:
    return nodes if isinstance(nodes, str) else sorted(nodes)
