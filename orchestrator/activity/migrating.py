"""Bringing a thread that an older version of a graph has left to what this version goes on with.

The latest checkpoint is written once more under its own id, so the tasks that wait, the answers that they hold and
their idempotency keys stay. The migrated state and the new fingerprint are one write: a worker that dies before it has
changed nothing, and after it there is nothing left to do.
"""

from collections.abc import Sequence
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointMetadata, CheckpointTuple

from orchestrator.activity.changed import check_same_graph
from orchestrator.activity.compiled import CompiledGraph
from orchestrator.activity.fingerprints import FINGERPRINT
from orchestrator.checkpoints.serde import check_opened
from orchestrator.errors import GraphChanged
from orchestrator.versions.migrations import Migration, migrate

MIGRATIONS = "orchestrator_migrations"
"""Key of a migrated checkpoint's metadata: the names of the migrations, and the fingerprint that they found."""


async def migrated(compiled: CompiledGraph, saver: BaseCheckpointSaver[str], config: RunnableConfig) -> list[str]:
    """The names of the migrations that were run on the thread just now; none on one that this version has written.

    Raises:
        KeyMissing: The thread is encrypted, and there are no keys here. *Retryable.*
        GraphChanged: A migration raised, or the state fits the graph no better after it. *Not retryable.*
    """
    migrations = compiled.definition.migrations
    saved = await saver.aget_tuple(config) if migrations else None
    if saved is None:
        return []
    check_opened(saved)
    if saved.metadata.get(FINGERPRINT) in (compiled.fingerprint, compiled.first_fingerprint):
        return []
    checkpoint, done = migrated_checkpoint(migrations, compiled.definition.name, saved)
    if not done:
        return []
    after = saved._replace(checkpoint=checkpoint)
    await check_same_graph(compiled.bound(saver), saver, compiled.definition.name, compiled.fingerprint, after)
    versions = dict(checkpoint["channel_versions"])
    changed: dict[str, Any] = {}
    before = saved.checkpoint["channel_values"]
    for key in sorted(checkpoint["channel_values"].keys() | before.keys()):
        if key not in checkpoint["channel_values"]:
            versions.pop(key, None)
        elif key not in before or checkpoint["channel_values"][key] is not before[key]:
            changed[key] = saver.get_next_version(cast("Any", max(versions.values(), default=None)), None)
    versions |= changed
    metadata = {
        **saved.metadata,
        FINGERPRINT: compiled.fingerprint,
        MIGRATIONS: {"from": saved.metadata.get(FINGERPRINT), "names": done},
    }
    where = saved.parent_config or {"configurable": {**config["configurable"], "checkpoint_ns": ""}}
    await saver.aput(
        where,
        cast("Checkpoint", {**checkpoint, "channel_versions": versions}),
        cast("CheckpointMetadata", metadata),
        changed,
    )
    return done


def migrated_checkpoint(
    migrations: Sequence[Migration], name: str, saved: CheckpointTuple
) -> tuple[Checkpoint, list[str]]:
    """The checkpoint with the state that the migrations which fit make of it, and their names. Writes nothing.

    Raises:
        GraphChanged: A migration raised. *Not retryable.*
    """
    values = saved.checkpoint["channel_values"]
    state = {key: value for key, value in values.items() if not _internal(key)}
    try:
        after, done = migrate(migrations, cast("str | None", saved.metadata.get(FINGERPRINT)), state)
    except Exception as error:
        raise GraphChanged(
            f"Graph {name!r} was changed under this stage, and a migration of its state raised {error!r}. Deploy one "
            "that does not and retry, or amend, rewind or abort."
        ) from error
    kept = {key: value for key, value in values.items() if _internal(key)}
    return cast("Checkpoint", {**saved.checkpoint, "channel_values": kept | after}), done


def _internal(channel: str) -> bool:
    """Whether a channel is LangGraph's own: what runs next, what was sent, the input."""
    return ":" in channel or channel.startswith("__")
