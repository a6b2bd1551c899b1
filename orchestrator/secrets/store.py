"""Any checkpoint store, with everything in it sealed."""

import copy
from collections.abc import Awaitable, Callable
from typing import Any, Self

from langgraph.store.base import BaseStore

from orchestrator.calls import Rewind
from orchestrator.checkpoints.saved import PACKED, Saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Asked, CheckpointStore, Lease, OnCheckpoint, Rows, T
from orchestrator.errors import OrchestratorError, SealBroken
from orchestrator.secrets.copied import reseal
from orchestrator.secrets.keys import Keyring
from orchestrator.secrets.memory import SealedMemory
from orchestrator.secrets.saver import SealedSaver
from orchestrator.secrets.seal import Sealed, Sealer, is_sealed
from orchestrator.secrets.state import WRITE, StateSealer, place_of


class SealedStore(CheckpointStore):
    """Seals what goes into a store, and opens what comes out of it.

    Args:
        inner: Keeps what is sealed, and knows nothing of it.
        keyring: The keys.
        required: Whether what is not sealed is refused.
    """

    def __init__(self, inner: CheckpointStore, keyring: Keyring, *, required: bool = False) -> None:
        self.inner = inner
        self.url = inner.url
        self.required = required
        self.sealer = Sealer(keyring, "checkpoint")
        inner.on_copied = self._copied

    @property
    def name(self) -> str:
        return self.inner.name

    async def __aenter__(self) -> Self:
        await self.inner.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.inner.__aexit__(*exc)

    async def setup(self) -> None:
        await self.inner.setup()

    async def prepare(self) -> None:
        await self.inner.prepare()

    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        await self.inner.acquire(lease, continued_from)

    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        await self.inner.branch(source, lease, rewind, _Rewriting(self._state(serde), lease.thread_id))

    async def latest(self, thread_id: str) -> str | None:
        return await self.inner.latest(thread_id)

    async def saved(self, thread_id: str) -> list[Saved]:
        before = PACKED.set(self._packed)
        try:
            return await self.inner.saved(thread_id)
        finally:
            PACKED.reset(before)

    def saver(self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None) -> SealedSaver:
        return SealedSaver(self.inner.saver(lease, _quiet(serde)), self._state(serde), on_checkpoint)

    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        state = self._state(serde)
        return [
            Asked(asked.checkpoint_ns, asked.task_id, asked.task_path, _of_task(state, thread_id, asked))
            for asked in await self.inner.asked(thread_id, _quiet(serde))
        ]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        reading = _Rewriting(self._state(serde), thread_id, (checkpoint_ns, task_id))
        return await self.inner.answered(thread_id, checkpoint_ns, task_id, reading)

    async def prune(self, lease: Lease, base: str = "") -> None:
        await self.inner.prune(lease, base)

    async def rows(self, query: str, *parameters: object) -> list[Any]:
        return await self.inner.rows(query, *parameters)

    async def atomically(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        return await self.inner.atomically(work)

    async def put_value(self, key: str, data: bytes) -> None:
        await self.inner.put_value(key, self.sealer.seal(data, ("value", key)))

    async def get_value(self, key: str) -> bytes | None:
        data = await self.inner.get_value(key)
        if data is None or is_sealed(data):
            return None if data is None else self.sealer.open(data, ("value", key))
        if self.required:
            raise SealBroken(f"The value {key!r} is not encrypted, and ORCHESTRATOR_ENCRYPTION_REQUIRED is set.")
        return data

    def memory(self) -> BaseStore:
        return SealedMemory(self.inner.memory(), self.sealer, required=self.required)

    async def _copied(self, rows: Rows, source: str, thread_id: str) -> None:
        await reseal(rows, self.sealer, source, thread_id)

    def _state(self, serde: Serializer) -> StateSealer:
        return StateSealer(self.sealer, serde, required=self.required, by_channel=self.inner.by_channel)

    def _packed(self, data: bytes) -> bytes:
        """A value as the serializer wrote it, for a list that is only shown."""
        try:
            opened = self.sealer.open_anywhere(Sealed.of(data)) if is_sealed(data) else data
        except OrchestratorError:
            return b""
        return opened[1 + opened[0] :] if is_sealed(data) else opened


class _Rewriting(Serializer):
    """Reads the sealed answers of a task, and writes fewer of them to the same row."""

    def __init__(self, state: StateSealer, thread_id: str, task: tuple[str, str] | None = None) -> None:
        super().__init__(pickle_fallback=False)
        self.state = state
        self.thread_id = thread_id
        self.task = task
        self._place: tuple[str, ...] | None = None

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        if not is_sealed(data[1]):
            self._place = None
            return self.state.serde.loads_typed(data)
        self._place = place_of(data[1]) or ()
        if self.task is not None and (self._place[2], self._place[4]) != self.task:
            raise SealBroken(f"An encrypted answer in thread {self.thread_id} was written for another task.")
        return self.state.value(data[1], (WRITE, self.thread_id))

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        if self._place is None:
            return self.state.serde.dumps_typed(obj)
        kind, data = self.state.serde.dumps_typed(obj)
        return "bytes", self.state.sealer.seal(bytes([len(kind)]) + kind.encode() + data, self._place)


def _of_task(state: StateSealer, thread_id: str, asked: Asked) -> Any:
    """The interrupts of a task, sealed for it."""
    place = place_of(asked.interrupts)
    if place is not None and (place[2], *place[4:6]) != (asked.checkpoint_ns, asked.task_id, "__interrupt__"):
        raise SealBroken(f"An encrypted question in thread {thread_id} was written for another task.")
    return state.value(asked.interrupts, (WRITE, thread_id))


def _quiet(serde: Serializer) -> Serializer:
    """The same for a store that only sees sealed values: they were counted before."""
    quiet = copy.copy(serde)
    quiet.on_bytes = None
    return quiet
