"""Whether a thread can be gone on with after its graph was changed.

LangGraph drops what it does not know: a thread whose next node is gone ends there and then, as if it had finished.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, get_type_hints

from langgraph.checkpoint.base import CheckpointTuple
from langgraph.pregel import Pregel
from langgraph.types import Send
from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from orchestrator.errors import GraphChanged
from orchestrator.model import reasons

FINGERPRINT = "orchestrator_fingerprint"
"""Key of each checkpoint's metadata: the fingerprint of the graph that wrote it."""

BRANCH, JOIN, SENDS = "branch:to:", "join:", "__pregel_tasks"
"""LangGraph's channels of what runs next: one per node, one per node that waits for several, and the `Send`s."""


def fingerprint(graph: Pregel[Any, Any, Any, Any]) -> str:
    """The fingerprint of a graph: its nodes, state keys and static breakpoints, its subgraphs included; 16 hexadecimal
    digits."""
    shape = json.dumps(dict(_shape(graph, "")), sort_keys=True)
    return hashlib.sha256(shape.encode()).hexdigest()[:16]


def check_same_graph(graph: Pregel[Any, Any, Any, Any], name: str, digest: str, saved: CheckpointTuple) -> None:
    """Refuse to go on with a thread that this graph would not go on with rightly.

    Raises:
        GraphChanged: What runs next is gone, or a value of the state no longer fits. *Not retryable.*
    """
    before = saved.metadata.get(FINGERPRINT)
    if before in (None, digest):
        return
    gone = sorted({node for node in next_nodes(saved.checkpoint["channel_values"]) if node not in graph.nodes})
    wrong = list(_misfits(graph, saved.checkpoint["channel_values"]))
    if gone or wrong:
        what = [f"node {node!r}, which runs next, is gone" for node in gone] + wrong
        raise GraphChanged(
            f"Graph {name!r} was changed under this stage: {'; '.join(what)}. Deploy a version that fits and retry, "
            "or amend, rewind or abort."
        )


def _shape(graph: Pregel[Any, Any, Any, Any], path: str) -> Iterator[tuple[str, Any]]:
    yield f"{path}nodes", sorted(graph.nodes)
    yield f"{path}keys", {key: repr(hint) for key, hint in _state_hints(graph).items()}
    yield f"{path}breakpoints", [_sorted(graph.interrupt_before_nodes), _sorted(graph.interrupt_after_nodes)]
    for node, inner in graph.get_subgraphs():
        if isinstance(inner, Pregel):
            yield from _shape(inner, f"{path}{node}/")


def _sorted(nodes: Any) -> Any:
    return nodes if isinstance(nodes, str) else sorted(nodes)


def _state_hints(graph: Pregel[Any, Any, Any, Any]) -> dict[str, Any]:
    schema = getattr(getattr(graph, "builder", None), "state_schema", None)
    return get_type_hints(schema) if isinstance(schema, type) else {}


def next_nodes(values: dict[str, Any]) -> Iterator[str]:
    """The nodes that run next, from a checkpoint's channels."""
    for channel, value in values.items():
        if channel.startswith(BRANCH):
            yield channel.removeprefix(BRANCH)
        elif channel.startswith(JOIN):
            yield channel.rpartition(":")[2]
        elif channel == SENDS:
            yield from (send.node for send in value if isinstance(send, Send))


def _misfits(graph: Pregel[Any, Any, Any, Any], values: dict[str, Any]) -> Iterator[str]:
    """The values that no longer fit their keys' types, where pydantic can tell. A key that is gone is dropped."""
    for key, hint in _state_hints(graph).items():
        if key not in values:
            continue
        try:
            TypeAdapter(hint).validate_python(values[key])
        except ValidationError as error:
            yield f"{key} does not fit any more ({reasons(error)})"
        except (PydanticUserError, TypeError):
            continue
