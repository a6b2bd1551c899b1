"""A copy of a thread, in the transaction that takes it, on SQLite and PostgreSQL."""

from collections.abc import Awaitable, Callable, Sequence

from orchestrator.calls import Rewind
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Rows, check_copied, kept_answers

OnCopied = Callable[[Rows, str, str], Awaitable[None]]


async def copy_thread(
    rows: Rows,
    source: str,
    thread_id: str,
    rewind: Rewind,
    *,
    statements: Sequence[str],
    serde: Serializer,
    on_copied: OnCopied | None,
) -> None:
    """Fill a new thread with what another was at a checkpoint, by the database's statements for that; the first one
    gives a row for each checkpoint.

    Raises:
        ThreadLost: That is no longer there. *Not retryable.*
    """
    span = (thread_id, source, rewind.checkpoint_id)
    copied = [await rows(statement, *span) for statement in statements]
    check_copied(source, rewind, len(copied[0]))
    if rewind.afresh:
        await rows("forget_step", thread_id, rewind.checkpoint_id)
    if on_copied is not None:
        await on_copied(rows, source, thread_id)
    for (namespace, task_id), count in kept_answers(rewind).items():
        await _keep_first_answers(rows, (thread_id, namespace, task_id), count, serde)


async def _keep_first_answers(rows: Rows, task: tuple[str, str, str], count: int, serde: Serializer) -> None:
    """Leave a task that waited the answers it had then, and nothing else."""
    await rows("forget_writes", *task)
    if count == 0:
        await rows("forget_answers", *task)
        return
    for kind, value in await rows("answers", *task):
        kept = serde.dumps_typed(serde.loads_typed((kind, value))[:count])
        await rows("keep_answers", *kept, *task)
