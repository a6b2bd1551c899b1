"""What a checkpoint saver keeps, sealed: each value for its row, and the metadata together with the checkpoint around
it.

In clear stay what queries and other rows need: ids, versions, the names of nodes and channels, and `CLEAR` metadata.
All of that is authenticated.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointTuple,
    PendingWrite,
    get_serializable_checkpoint_metadata,
)

from orchestrator.checkpoints.needed import COUNTED, DELTAS, VERSIONED
from orchestrator.checkpoints.serde import SEALED, SEALED_TEXT, Serializer
from orchestrator.checkpoints.store import GRAPH
from orchestrator.errors import SealBroken
from orchestrator.secrets.seal import Place, Sealed, Sealer, is_sealed, misplaced

CLEAR = frozenset({"source", "step", "parents", "run_id", GRAPH, DELTAS, COUNTED, VERSIONED})
"""Metadata that queries read."""
REST = SEALED
"""The key of all other metadata."""
NOWHERE = ""
STATE, WRITE, CHECKPOINT = "state", "write", "checkpoint"


class StateSealer:
    """Seals what one application keeps in its checkpoints.

    Args:
        sealer: The keys.
        serde: Writes and reads the values.
        required: Whether a value that is not sealed is refused.
        by_channel: Whether the saver leaves out what a step has not changed.
    """

    def __init__(self, sealer: Sealer, serde: Serializer, *, required: bool = False, by_channel: bool = False) -> None:
        self.sealer = sealer
        self.serde = serde
        self.required = required
        self.by_channel = by_channel

    def checkpoint(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: Any, new_versions: ChannelVersions
    ) -> tuple[RunnableConfig, Checkpoint, dict[str, Any]]:
        """Config, checkpoint and metadata, as a saver may have them.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        thread, namespace = str(where["thread_id"]), str(where.get("checkpoint_ns", NOWHERE))
        values = checkpoint["channel_values"]
        written = {
            channel: value
            for channel, value in values.items()
            if not self.by_channel or channel in new_versions or _is_scalar(value)
        }
        with self.serde.naming(written.items()):
            sealed = {
                channel: self._sealed(value, channel_place(thread, namespace, checkpoint, channel))
                for channel, value in written.items()
            }
        merged: dict[str, Any] = dict(get_serializable_checkpoint_metadata(config, metadata))
        clear = {key: value for key, value in merged.items() if key in CLEAR}
        rest = {key: value for key, value in merged.items() if key not in CLEAR}
        place = _of_metadata(thread, namespace, checkpoint, clear)
        clear[REST] = _as_text(self.sealer.seal(json.dumps(rest).encode(), place))
        bare: RunnableConfig = {
            "configurable": {key: where[key] for key in ("thread_id", "checkpoint_ns", "checkpoint_id") if key in where}
        }
        return bare, {**checkpoint, "channel_values": sealed}, clear

    def writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str
    ) -> list[tuple[str, bytes]]:
        """What a task did.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        row = (str(where["thread_id"]), str(where["checkpoint_ns"]), str(where["checkpoint_id"]), task_id)
        with self.serde.naming(writes):
            return [
                (channel, self._packed(value, (WRITE, *row, channel, str(WRITES_IDX_MAP.get(channel, number)))))
                for number, (channel, value) in enumerate(writes)
            ]

    def opened(self, saved: CheckpointTuple) -> CheckpointTuple:
        """What a saver has read, in clear.

        Raises:
            SealBroken: Something was altered, or stands in another row than its own. *Not retryable.*
            KeyMissing: Something is sealed with a key that is not known here. *Retryable.*
        """
        where = saved.config["configurable"]
        thread, namespace = str(where["thread_id"]), str(where.get("checkpoint_ns", NOWHERE))
        checkpoint = saved.checkpoint
        values = {
            channel: self.value(value, channel_place(thread, namespace, checkpoint, channel))
            for channel, value in checkpoint["channel_values"].items()
        }
        row = (WRITE, thread, namespace, checkpoint["id"])
        return saved._replace(
            checkpoint={**checkpoint, "channel_values": values},
            metadata=self._metadata(thread, namespace, saved),
            pending_writes=None if saved.pending_writes is None else self._writes(saved.pending_writes, row),
        )

    def value(self, value: Any, place: Place) -> Any:
        """One value in clear, which must be the one for its place; of an unfinished place, the beginning."""
        sealed = _sealed_of(value)
        if sealed is None:
            return self._plain(value, place)
        if sealed.place[: len(place)] != tuple(place):
            raise misplaced(sealed.place, place)
        return self.unpacked(sealed)

    def unpacked(self, sealed: Sealed) -> Any:
        """A value in clear, whose place was looked at."""
        data = self.sealer.open_anywhere(sealed)
        kind = data[1 : 1 + data[0]]
        return self.serde.loads_typed((kind.decode(), data[1 + len(kind) :]))

    def _writes(self, writes: Sequence[PendingWrite], row: Place) -> list[PendingWrite]:
        """Each of its task and channel, and in the order in which that task wrote them."""
        latest: dict[tuple[str, str], int] = {}
        opened: list[PendingWrite] = []
        for task_id, channel, value in writes:
            place = (*row, task_id, channel)
            opened.append((task_id, channel, self.value(value, place)))
            if (sealed := _sealed_of(value)) is not None:
                number = int(sealed.place[-1])
                if number <= latest.get((task_id, channel), number - 1):
                    raise misplaced(sealed.place, (*place, str(latest[task_id, channel] + 1)))
                latest[task_id, channel] = number
        return opened

    def _metadata(self, thread: str, namespace: str, saved: CheckpointTuple) -> Any:
        clear: dict[str, Any] = dict(saved.metadata)
        text = clear.pop(REST, None)
        place = _of_metadata(thread, namespace, saved.checkpoint, clear)
        if (sealed := _sealed_of(text)) is None:
            return self._plain(clear, place)
        if sealed.place != place:
            raise misplaced(sealed.place, place)
        return clear | json.loads(self.sealer.open_anywhere(sealed))

    def _plain(self, value: Any, place: Place) -> Any:
        if self.required:
            raise SealBroken(
                f"{' / '.join(place)} is not encrypted, and ORCHESTRATOR_ENCRYPTION_REQUIRED is set. It was written "
                "before that, or by somebody else."
            )
        return value

    def _sealed(self, value: Any, place: Place) -> bytes | str:
        sealed = self._packed(value, place)
        return _as_text(sealed) if _is_scalar(value) else sealed

    def _packed(self, value: Any, place: Place) -> bytes:
        kind, data = self.serde.dumps_typed(value)
        return self.sealer.seal(bytes([len(kind)]) + kind.encode() + data, place)

    def moved(self, value: Any, place: Place, to: Place) -> Any:
        """A sealed value, sealed anew for another place; any other as it is."""
        sealed = _sealed_of(value)
        if sealed is None:
            return value
        if sealed.place != tuple(place):
            raise misplaced(sealed.place, place)
        again = self.sealer.seal(self.sealer.open_anywhere(sealed), to)
        return _as_text(again) if isinstance(value, str) else again


def place_of(value: Any) -> tuple[str, ...] | None:
    """The place that a value was sealed for; None: it is not sealed."""
    sealed = _sealed_of(value)
    return None if sealed is None else sealed.place


def metadata_place(thread: str, namespace: str, checkpoint: Mapping[str, Any], metadata: Mapping[str, Any]) -> Place:
    """The place of a checkpoint's sealed metadata."""
    return _of_metadata(thread, namespace, checkpoint, {key: metadata[key] for key in metadata if key != REST})


def channel_place(thread: str, namespace: str, checkpoint: Mapping[str, Any], channel: str) -> tuple[str, ...]:
    """The place of a channel's sealed value."""
    return STATE, thread, namespace, channel, str(checkpoint["channel_versions"].get(channel, NOWHERE))


def _of_metadata(
    thread: str, namespace: str, checkpoint: Mapping[str, Any], clear: Mapping[str, Any]
) -> tuple[str, ...]:
    """With a digest of all that stays in clear around it."""
    around = {key: value for key, value in checkpoint.items() if key != "channel_values"}
    digest = hashlib.sha256(json.dumps([around, clear], sort_keys=True, default=str).encode()).hexdigest()
    return CHECKPOINT, thread, namespace, str(checkpoint["id"]), digest


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _as_text(sealed: bytes) -> str:
    return SEALED_TEXT + base64.b64encode(sealed).decode()


def _sealed_of(value: Any) -> Sealed | None:
    if isinstance(value, str) and value.startswith(SEALED_TEXT):
        try:
            value = base64.b64decode(value.removeprefix(SEALED_TEXT), validate=True)
        except (binascii.Error, ValueError) as error:
            raise SealBroken("An encrypted text is damaged; restore it from a backup.") from error
        return Sealed.of(value)
    return Sealed.of(value) if is_sealed(value) else None
