"""The recorded step that puts older entries of an audit trail down beside the checkpoints."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from orchestrator import names
from orchestrator.activity.failures import to_application_error
from orchestrator.calls import Archived
from orchestrator.checkpoints.archive import put_down
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import GraphFailure
from orchestrator.wire import Entry


def archivist(store: CheckpointStore) -> Callable[..., Any]:
    """The local activity `orchestrator.archive` of one worker."""

    @activity.defn(name=names.ARCHIVE)
    async def archive(entries: list[Entry]) -> Archived:
        """Where they are kept. Safe to repeat.

        Raises:
            ApplicationError: Of type StoreUnavailable: the database does not answer. *Retryable.*
        """
        try:
            return Archived(ref=await put_down(store, activity.info().workflow_id or "", entries))
        except GraphFailure as error:
            raise to_application_error(error) from error

    return archive
