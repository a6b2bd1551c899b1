"""What is in a checkpointer, a page at a time, and deleting it: for the retention."""

from datetime import UTC, datetime

from orchestrator.checkpoints.memory import MemoryStore
from orchestrator.checkpoints.saved import made_at
from orchestrator.checkpoints.store import GRAPH, CheckpointStore, Rows
from orchestrator.checkpoints.upkeep_rows import Head, Hold, ThreadRow, ValueRow, is_of, of_workflow
from orchestrator.errors import Refused

__all__ = ["Head", "Hold", "MemoryUpkeep", "ThreadRow", "Upkeep", "ValueRow", "upkeep"]


class Upkeep:
    """Of a SQL database."""

    def __init__(self, store: CheckpointStore) -> None:
        self.store = store

    async def threads(self, after: str, limit: int) -> list[ThreadRow]:
        """The stages' threads behind `after`, by id."""
        return [ThreadRow(*row) for row in await self.store.rows("leased_threads", after, limit)]

    async def head(self, thread_id: str) -> Head:
        """When it was last written to, and by which graph."""
        rows = await self.store.rows("thread_head", thread_id)
        return Head(made_at(rows[0][0]), rows[0][1]) if rows else Head()

    async def size(self, thread_id: str) -> tuple[int, int]:
        """Checkpoints, and bytes with all that belongs to them."""
        marks = 2 if self.store.url.startswith("sqlite:") else 3
        [(checkpoints, size_bytes)] = await self.store.rows("thread_size", *[thread_id] * marks)
        return checkpoints, size_bytes

    async def continued(self) -> set[str]:
        """The threads that the next runs of continued threads begin with."""
        return {thread for row in await self.store.rows("continued_threads") for thread in row if thread}

    async def has_threads(self, workflow_id: str) -> bool:
        """Whether the workflow has a thread left."""
        return await _has_threads(self.store.rows, workflow_id)

    async def values(self, after: str, limit: int) -> list[ValueRow]:
        """The values behind `after`, by key."""
        rows = await self.store.rows("value_page", after, limit)
        return [ValueRow(key, size, datetime.fromisoformat(created)) for key, size, created in rows]

    async def drop(self, thread: ThreadRow) -> bool:
        """Delete a thread, its values, and with a workflow's last thread the workflow's values.

        Returns:
            Whether it was; not if somebody took it meanwhile, or the workflow is held.
        """
        workflow_id, thread_id = thread.workflow_id or "", thread.thread_id

        async def work(rows: Rows) -> bool:
            if await rows("held", workflow_id):
                return False
            if not await rows("unlease", thread_id, thread.run_id, thread.turn, thread.attempt):
                return False
            for statement in ("drop_checkpoints", "drop_writes", "drop_blobs", "drop_claim"):
                await rows(statement, thread_id)
            for key in await _keys(rows, f"{thread_id}/"):
                await rows("drop_value", key)
            if not await _has_threads(rows, workflow_id):
                candidates = [*await _keys(rows, f"{workflow_id}/"), *await _keys(rows, f"notified/{workflow_id}/")]
                for key in of_workflow(candidates, workflow_id):
                    await rows("drop_value", key)
            return True

        return await self.store.atomically(work)

    async def drop_value(self, value: ValueRow) -> bool:
        """Delete a value, unless its workflow is held; whether it was."""

        async def work(rows: Rows) -> bool:
            if await rows("held", value.workflow_id or ""):
                return False
            await rows("drop_value", value.key)
            return True

        return await self.store.atomically(work)

    async def hold(self, hold: Hold) -> None:
        """Keep a workflow's threads and values until `release`; again: with another reason."""
        await self.store.atomically(lambda rows: rows("hold", hold.workflow_id, hold.held_by, hold.reason, hold.at))

    async def release(self, workflow_id: str) -> bool:
        """The opposite; whether it was held."""
        return bool(await self.store.atomically(lambda rows: rows("release", workflow_id)))

    async def holds(self) -> list[Hold]:
        """What is held, by workflow id."""
        return [Hold(*row) for row in await self.store.rows("holds")]


class MemoryUpkeep(Upkeep):
    """Of a worker's memory: only that worker sees it."""

    store: MemoryStore

    async def threads(self, after: str, limit: int) -> list[ThreadRow]:
        found = sorted(self.store.leases.items())
        rows = [ThreadRow(name, held.run_id, held.token.turn, held.token.attempt) for name, held in found]
        return [row for row in rows if row.thread_id > after][:limit]

    async def head(self, thread_id: str) -> Head:
        saved = self.store.shared.storage.get(thread_id, {})
        by_id = {name: entry for kept in saved.values() for name, entry in kept.items()}
        if not by_id:
            return Head()
        metadata = self.store.shared.serde.loads_typed(by_id[max(by_id)][1])
        return Head(made_at(max(by_id)), metadata.get(GRAPH))

    async def size(self, thread_id: str) -> tuple[int, int]:
        saved = self.store.shared.storage.get(thread_id, {})
        entries = [entry for kept in saved.values() for entry in kept.values()]
        blobs = [blob for key, blob in self.store.shared.blobs.items() if key[0] == thread_id]
        return len(entries), sum(len(entry[0][1]) for entry in entries) + sum(len(blob[1]) for blob in blobs)

    async def continued(self) -> set[str]:
        return set()

    async def has_threads(self, workflow_id: str) -> bool:
        return any(is_of(thread_id, workflow_id) for thread_id in self.store.leases)

    async def values(self, after: str, limit: int) -> list[ValueRow]:
        epoch = datetime.fromtimestamp(0, UTC)
        found = sorted((key, len(data)) for key, data in self.store.values.items() if key > after)
        return [ValueRow(key, size, epoch) for key, size in found[:limit]]

    async def drop(self, thread: ThreadRow) -> bool:
        workflow_id, thread_id = thread.workflow_id or "", thread.thread_id
        held = self.store.leases.get(thread_id)
        if workflow_id in self.store.holds or held is None:
            return False
        if (held.run_id, held.token.turn, held.token.attempt) != (thread.run_id, thread.turn, thread.attempt):
            return False
        del self.store.leases[thread_id]
        shared = self.store.shared
        shared.storage.pop(thread_id, None)
        for written in [written for written in shared.writes if written[0] == thread_id]:
            del shared.writes[written]
        for blob in [blob for blob in shared.blobs if blob[0] == thread_id]:
            del shared.blobs[blob]
        gone = [key for key in self.store.values if key.startswith(f"{thread_id}/")]
        if not await self.has_threads(workflow_id):
            gone += of_workflow(self.store.values, workflow_id)
        for key in gone:
            self.store.values.pop(key, None)
        return True

    async def drop_value(self, value: ValueRow) -> bool:
        return value.workflow_id not in self.store.holds and self.store.values.pop(value.key, None) is not None

    async def hold(self, hold: Hold) -> None:
        raise Refused(
            f"{hold.workflow_id}: memory:// is one worker's alone, so nothing in it can be held; use a database."
        )

    async def release(self, workflow_id: str) -> bool:  # noqa: ARG002 - nothing is held
        return False

    async def holds(self) -> list[Hold]:
        return []


def upkeep(store: CheckpointStore) -> Upkeep:
    """Of one store."""
    return MemoryUpkeep(store) if isinstance(store, MemoryStore) else Upkeep(store)


async def _has_threads(rows: Rows, workflow_id: str) -> bool:
    found = await rows("threads_of", *_span(f"{workflow_id}/"))
    return any(is_of(thread_id, workflow_id) for (thread_id,) in found)


async def _keys(rows: Rows, prefix: str) -> list[str]:
    return [key for (key,) in await rows("values_of", *_span(prefix))]


def _span(prefix: str) -> tuple[str, str]:
    """From where to where the texts are that begin with a prefix."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)
