"""Messages that only a worker can take."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from orchestrator.cli.options import connected
from orchestrator.client import OrchestratorClient
from orchestrator.errors import KeyMissing
from orchestrator.rpc import Failing, NoWorker, failing
from orchestrator.stumbling import task_failure


async def to_update(workflow_id: str, seconds: float) -> OrchestratorClient:
    """A client for an update of a workflow that can take one: what can be known to be in vain is not sent.

    Raises:
        NotFound: There is no such workflow, or it has ended. *Not retryable.*
        NoWorker: No worker polls its task queue, or the workflow's code fails there. *Retryable.*
        KeyMissing: The workflow is encrypted, and the key is not to be had here. *Retryable.*
    """
    client = await connected()
    client.update_timeout = timedelta(seconds=seconds)
    info = await client.describe_open(workflow_id)
    if info.illegible:
        raise KeyMissing(info.illegible)
    if info.failing > 1:
        why = await task_failure(client.temporal, workflow_id, info.run_id)
        raise Failing(f"{failing(workflow_id, why)} Nothing was sent.")
    if await client.pollers(info.task_queue) == 0:
        raise NoWorker(
            f"No worker polls task queue {info.task_queue!r}, so nobody would take it; start one with "
            "`orchestrator worker`. Nothing was sent."
        )
    return client


@contextmanager
def sent_once(what: str, option: str, message_id: str | None) -> Iterator[None]:
    """Around the sending of a message that counts once.

    Raises:
        NoWorker: Nobody took it in time; the error says how to send it again. *Retryable.*
    """
    try:
        yield
    except NoWorker as error:
        again = f"Send it again with {option} {message_id}: it counts once."
        raise NoWorker(f"{error} The {what} may still arrive. {again}") from error
