"""Strict msgpack: a checkpoint may build the application's own types and LangGraph's safe ones, nothing else."""

import sys
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer, _create_msgpack_ext_hook

from orchestrator.errors import CheckpointUnreadable, KeyMissing, Unserialisable

UNWRITABLE = (TypeError, ValueError, RecursionError)
"""What LangGraph's serializer raises for a value that it cannot write."""
PLACES = {
    "__start__": "input",
    "__pregel_tasks": "send",
    "__interrupt__": "interrupt",
    "__return__": "result",
    "__end__": "result",
    "__previous__": "result",
}
"""Channels that are no key of the state, as a person would call them."""


SEALED = "orch_sealed"
"""Key of a checkpoint's metadata: whoever sees it has the checkpoint as it is encrypted."""
SEALED_TEXT = "orch-sealed:1:"
"""How a sealed text begins: a scalar stays a scalar, which savers keep elsewhere than other values."""


def check_opened(saved: CheckpointTuple) -> None:
    """Refuse to take an encrypted checkpoint for what it says.

    Raises:
        KeyMissing: There are no keys here at all. *Retryable.*
    """
    if SEALED in saved.metadata:
        raise KeyMissing(
            "The checkpoint is encrypted, and there are no keys here: set ORCHESTRATOR_ENCRYPTION_KEYS, or the file or "
            "the function that has them."
        )


class OwnModules(Container[tuple[str, ...]]):
    """The types that an application may keep in its state: those of its own top-level packages."""

    def __init__(self, packages: Iterable[str]) -> None:
        self.packages = frozenset(packages)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and bool(key) and str(key[0]).partition(".")[0] in self.packages


class Serializer(JsonPlusSerializer):
    """LangGraph's serializer, which says where in the state the value stands that it cannot write."""

    on_bytes: Callable[[int], None] | None = None
    """Told of the size of each value that was written."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        try:
            dumped = super().dumps_typed(obj)
        except UNWRITABLE as error:
            raise self._unserialisable("", obj, error) from error
        if self.on_bytes is not None:
            self.on_bytes(len(dumped[1]))
        return dumped

    @contextmanager
    def naming(self, values: Iterable[tuple[str, Any]]) -> Iterator[None]:
        """Around a saver's write of channels: the error says in which of them the value stands.

        One saver serialises a checkpoint in one piece, another channel by channel; the error is the same.
        """
        try:
            yield
        except Unserialisable:
            for channel, value in values:
                try:
                    super().dumps_typed(value)
                except UNWRITABLE as error:
                    place = PLACES.get(channel, f"state[{channel!r}]")
                    raise self._unserialisable(place, value, error) from error
            raise

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        try:
            return super().loads_typed(data)
        except (NotImplementedError, ValueError) as error:
            raise CheckpointUnreadable(
                f"A value of type {data[0]!r} in the checkpoint cannot be read: {error}. Run a worker of the version "
                "that wrote it, or restore the database, then retry."
            ) from error

    def _unserialisable(self, place: str, value: Any, error: Exception) -> Unserialisable:
        path, culprit = self._culprit(value, place, frozenset())
        return Unserialisable(
            f"The state cannot be checkpointed: {path or 'the value'} is a {type(culprit).__name__} ({error}). "
            "Keep JSON-like values, dataclasses, pydantic models or messages in the state, and open files, "
            "connections and locks inside the node."
        )

    def _culprit(self, value: Any, path: str, above: frozenset[int]) -> tuple[str, Any]:
        """The deepest part that fails on its own, and its path. A part that contains itself is the culprit."""
        above |= {id(value)}
        for key, part in _parts(value):
            if id(part) in above:
                return f"{path}{key}", part
            try:
                super().dumps_typed(part)
            except UNWRITABLE:
                return self._culprit(part, f"{path}{key}", above)
        return path, value


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(f"[{key!r}]", part) for key, part in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [(f"[{index}]", part) for index, part in enumerate(value)]
    slots = (slot for kind in type(value).__mro__ for slot in kind.__dict__.get("__slots__", ()))
    attributes = {slot: getattr(value, slot) for slot in slots if hasattr(value, slot)} | getattr(value, "__dict__", {})
    return [(f".{key}", part) for key, part in attributes.items()]


def serializer(packages: Iterable[str]) -> Serializer:
    """A serializer that never unpickles, and builds objects only of `packages` (top-level names)."""
    own = {package for package in packages if package not in sys.stdlib_module_names or package == "__main__"}
    return Serializer(
        pickle_fallback=False,
        allowed_msgpack_modules=None,
        __unpack_ext_hook__=_create_msgpack_ext_hook(cast("set[tuple[str, ...]]", OwnModules(own))),
    )
