"""What a graph is registered as."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, get_args

from orchestrator.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from langgraph.graph.state import StateGraph
    from langgraph.pregel import Pregel

    from orchestrator.versions.migrations import Migration

    GraphSource = StateGraph[Any, Any, Any, Any] | Pregel[Any, Any, Any, Any] | Callable[..., Any]

NAMELESS = frozenset({"LangGraph", "<lambda>"})
Keep = Literal["all", "waits", "latest"]
KEEPS: tuple[str, ...] = get_args(Keep)


@dataclass(frozen=True)
class GraphDefinition:
    """A graph under its name, with the policy it runs under."""

    name: str
    source: "GraphSource"
    checkpointer: str | None
    """URL of its own checkpointer; None: the application's (`ORCHESTRATOR_CHECKPOINTS`)."""
    options: Options
    packages: frozenset[str] = field(default_factory=frozenset)
    """Top-level packages whose types its state may hold, beyond those found in its schema."""
    retention: timedelta | None = None
    """How long a finished thread is kept; None: as the settings say, by default for ever."""
    keep: "Keep" = "all"
    """Of a thread: its history, that of its waits, or of a finished one only the latest checkpoint."""
    migrations: "tuple[Migration, ...]" = ()
    """What is done to the state of a thread that another version of the graph has left."""


def own_name(source: Any) -> str | None:
    """The name a source has of itself. LangGraph calls all that is unnamed `LangGraph`; an `@entrypoint` is the graph
    of one node, which has its function's name."""
    name = getattr(source, "name", None) or getattr(source, "__name__", None)
    if name in NAMELESS:
        nodes = list(getattr(source, "nodes", ()))
        return str(nodes[0]) if len(nodes) == 1 and not hasattr(source, "builder") else None
    return name
