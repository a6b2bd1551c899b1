"""A registered graph, compiled once per worker."""

import inspect
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import StateGraph
from langgraph.pregel import Pregel
from langgraph.pregel.main import _coerce_context
from pydantic import BaseModel, ValidationError

from orchestrator.activity.fingerprints import fingerprint, first_fingerprint
from orchestrator.checkpoints.serde import Serializer, serializer
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.definition import GraphDefinition
from orchestrator.errors import BadInput, ConfigurationError
from orchestrator.json_types import json_type
from orchestrator.model import reasons

AnyGraph = Pregel[Any, Any, Any, Any]


class CompiledGraph:
    """One graph with the store it keeps its threads in."""

    def __init__(self, definition: GraphDefinition, graph: AnyGraph, store: CheckpointStore) -> None:
        self.definition = definition
        self.store = store
        memory = graph.store if graph.store is not None else store.memory()
        self.graph = graph.copy({"store": memory})
        self.fingerprint = fingerprint(self.graph)
        self.first_fingerprint = first_fingerprint(self.graph)
        self.serde: Serializer = serializer(own_packages(graph) | definition.packages)

    def bound(self, saver: BaseCheckpointSaver[str]) -> AnyGraph:
        """The graph over one stage's saver; nothing is compiled again."""
        return self.graph.copy({"checkpointer": saver})

    def check_input(self, value: Any, context: Any) -> None:
        """Refuse a start before the first checkpoint, where the graph's schemas can tell. (LangGraph takes a TypedDict
        as it comes.)

        Raises:
            BadInput: The input or the context does not fit; the message names each field. *Not retryable.*
        """
        builder = getattr(self.graph, "builder", None)
        state = getattr(builder, "input_schema", None)
        if builder is not None and "__root__" not in self.graph.channels and not isinstance(value, dict):
            keys = ", ".join(sorted(builder.schemas.get(state, ())))
            what = "it was given no input" if value is None else f"its input is {json_type(value)}"
            raise BadInput(f"Graph {self.definition.name!r}: {what}, and it takes an object with {keys or 'no keys'}.")
        what = "input"
        try:
            if isinstance(state, type) and issubclass(state, BaseModel):
                state.model_validate(value)
            what = "context"
            _coerce_context(self.graph.context_schema, context)
        except (ValidationError, TypeError) as error:
            why = reasons(error) if isinstance(error, ValidationError) else str(error)
            raise BadInput(f"Graph {self.definition.name!r}: its {what} does not fit: {why}.") from error

    def output(self, values: Any) -> Any:
        """What `invoke` returns of a finished thread: the output schema, not the whole state."""
        keys = self.graph.output_channels
        if isinstance(keys, str):
            return values.get(keys) if isinstance(values, dict) and keys in values else values
        return {key: values[key] for key in keys if key in values} if isinstance(values, dict) else values


async def compile_graph(definition: GraphDefinition, store: CheckpointStore) -> CompiledGraph:
    """Build and compile a registered source: a builder, a compiled graph, an entrypoint, or a factory of one.

    Raises:
        ConfigurationError: It is none of these, or building it raised. *Not retryable.*
    """
    source: Any = definition.source
    if not isinstance(source, StateGraph | Pregel) and callable(source):
        try:
            source = source({}) if inspect.signature(source).parameters else source()
            if inspect.isawaitable(source):
                source = await source
        except Exception as error:
            raise ConfigurationError(f"Graph {definition.name!r}: its factory raised {error!r}.") from error
    if isinstance(source, StateGraph):
        source = source.compile()
    if not isinstance(source, Pregel):
        raise ConfigurationError(
            f"Graph {definition.name!r} is a {type(source).__name__}; expected a StateGraph, a compiled graph, an "
            "@entrypoint, or a function that returns one."
        )
    return CompiledGraph(definition, source, store)


def own_packages(graph: AnyGraph) -> frozenset[str]:
    """The top-level packages that a graph's schemas and nodes come from: their types may stand in its state."""
    modules = {type(graph).__module__}
    builder = getattr(graph, "builder", None)
    for schema in (
        *getattr(builder, "schemas", ()),
        getattr(builder, "input_schema", None),
        getattr(builder, "output_schema", None),
        getattr(graph, "context_schema", None),
    ):
        modules.update(_modules_of(schema, set()))
    for node in graph.nodes.values():
        function = getattr(node.bound, "func", None) or getattr(node.bound, "afunc", None)
        modules.add(getattr(inspect.unwrap(function), "__module__", "") if callable(function) else "")
    for channel in graph.channels.values():
        modules.update(_modules_of(getattr(channel, "ValueType", None), set()))
    return frozenset(module.partition(".")[0] for module in modules if module)


def _modules_of(annotation: Any, seen: set[int]) -> set[str]:
    """The modules of a type, of its type arguments and of its fields."""
    if annotation is None or id(annotation) in seen:
        return set()
    seen.add(id(annotation))
    modules = {annotation.__module__} if isinstance(annotation, type) else set()
    parts = list(getattr(annotation, "__args__", ()))
    if isinstance(annotation, type) and annotation.__module__ != "builtins":
        parts += list(inspect.get_annotations(annotation).values())
        parts += [field.annotation for field in getattr(annotation, "model_fields", {}).values()]
    for part in parts:
        if not isinstance(part, str):
            modules |= _modules_of(part, seen)
    return modules
