"""A stage that goes on from the state that the last run left."""

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from orchestrator.activity.compiled import CompiledGraph
from orchestrator.activity.repair import copied
from orchestrator.calls import Rewind, StageCall
from orchestrator.checkpoints.continued import Base, Claim, InUse, claim, leave
from orchestrator.checkpoints.store import root_of
from orchestrator.errors import BadInput, Refused, ThreadLost


class Continuing:
    """The continued thread of one turn."""

    def __init__(self, compiled: CompiledGraph, call: StageCall) -> None:
        info = activity.info()
        name = f"{call.graph}/{call.continues}"
        self.compiled = compiled
        self.claim = Claim(name, root_of(call.thread_id), info.workflow_id or "", info.workflow_run_id or "")
        self.base = Base(None, None)

    async def source(self, thread_id: str, rewind: Rewind | None) -> tuple[str, Rewind | None]:
        """The thread to begin with, and how much of it: what the last run left, or else what there is already.

        Raises:
            BadInput: Another run is on the thread, or the store keeps no continued threads. *Not retryable.*
            ThreadLost: What the last run left is gone. *Not retryable.*
        """
        store = self.compiled.store
        try:
            try:
                self.base = await claim(store, self.claim)
            except InUse as held:
                if held.workflow_id != self.claim.workflow_id and await _is_open(held.workflow_id):
                    raise BadInput(
                        f"The continued thread {self.claim.name} is in use by workflow {held.workflow_id}; once that "
                        "has ended, `orchestrator recover --action retry`."
                    ) from held
                self.base = await claim(store, self.claim, held.root)
        except Refused as reason:
            raise BadInput(f"A continued thread: {reason}") from reason
        if self.base.thread_id is None or rewind is not None:
            return thread_id, rewind
        try:
            span = await copied(self.compiled, self.base.thread_id, None)
        except Refused as reason:
            raise ThreadLost(f"What the last run under {self.claim.name} left is gone: {reason}") from reason
        return self.base.thread_id, span.model_copy(update={"head": True})

    async def leave(self, thread_id: str, checkpoint_id: str) -> None:
        """The stage is done: the next run goes on from here."""
        await leave(self.compiled.store, self.claim, thread_id, checkpoint_id)


async def _is_open(workflow_id: str) -> bool:
    try:
        found = await activity.client().get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise
    return found.status == WorkflowExecutionStatus.RUNNING
