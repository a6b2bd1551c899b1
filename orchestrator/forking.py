"""Going on from a checkpoint of a stage in a workflow of its own: what that workflow is started with.

What the original knows of people goes along: who started it and who has edited something in it, so that nobody may
decide in the fork on what they may not decide in the original.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from orchestrator import names
from orchestrator.errors import Refused
from orchestrator.history.past import Past, RecordedStage
from orchestrator.history.stages import past_of, runs_before
from orchestrator.history.timeline import Checkpoints
from orchestrator.options import Options
from orchestrator.reader import Reader
from orchestrator.wire import Fork, GraphRunInput


@dataclass(frozen=True)
class ForkPlan:
    """A fork that can be started."""

    request: GraphRunInput
    task_queue: str
    started_by: str | None
    """Who started the original, and counts as the fork's starter."""
    of_process: str | None
    """The type of the original, if it is a `Process`: only its one stage is gone on with."""

    @property
    def fork(self) -> Fork:
        """Where it goes on from."""
        assert self.request.fork is not None
        return self.request.fork

    @property
    def memo(self) -> dict[str, Any]:
        """What stands in the fork's memo."""
        told = self.fork.model_dump(include={"workflow_id", "stage", "checkpoint_id", "by", "reason"})
        return {names.MEMO_FORKED_FROM: told | {"amended": sorted(self.fork.values or ())}}


async def plan_fork(
    client: Reader,
    workflow_id: str,
    *,
    checkpointer: Callable[[str], str],
    stage: str | None = None,
    checkpoint_id: str | None = None,
    values: dict[str, Any] | None = None,
    by: str | None = None,
    reason: str | None = None,
    context: dict[str, Any] | None = None,
    options: Options | None = None,
) -> ForkPlan:
    """Look at the original, and refuse what could not begin. No worker is needed.

    Args:
        client: Of the server.
        workflow_id: Whose stage it is, running or ended.
        checkpointer: From a graph's name to the URL of its checkpointer.
        stage: Its name; without it the only one, or the latest.
        checkpoint_id: Where from; without it, where the stage stands.
        values: Keys of the state to replace first.
        by: Who forks it.
        reason: Why.
        context: Instead of the stage's own.
        options: Over the stage's own.

    Raises:
        Refused: There is no such stage or checkpoint. *Not retryable.*
        NotFound: There is no such workflow. *Not retryable.*
    """
    info = await client.describe(workflow_id)
    past = await past_of(client, workflow_id, info.run_id)
    if past.illegible:  # so who edited something there could not be told
        raise Refused(
            f"Workflow {workflow_id!r} cannot be forked here: part of its history cannot be read. Set its encryption "
            "keys (ORCHESTRATOR_ENCRYPTION_KEYS, or the file or the function that has them)."
        )
    found = await _stage(client, workflow_id, past, stage)
    thread_id, where = await _where(found, workflow_id, checkpoint_id, checkpointer)
    fork = Fork(
        thread_id=thread_id,
        checkpoint_id=where,
        values=values,
        workflow_id=workflow_id,
        stage=found.info.name,
        by=by,
        reason=reason,
        editors=sorted(past.editors),
    )
    begun = found.call.context if found.call else None
    request = GraphRunInput(
        graph=found.info.graph,
        fork=fork,
        context=begun if context is None else context,
        options=_options(past, found, options),
    )
    return ForkPlan(
        request=request,
        task_queue=info.task_queue,
        started_by=await client.memo(workflow_id, names.MEMO_STARTED_BY),
        of_process=None if info.workflow_type == names.GRAPH_RUN else info.workflow_type,
    )


async def _stage(client: Reader, workflow_id: str, past: Past, name: str | None) -> RecordedStage:
    """The stage, from the latest run that tells how it was begun."""
    found = _named(past, name)
    if found is None or found.call is None:
        async for before in runs_before(client, workflow_id, past):
            earlier = _named(before, name if found is None else found.info.name)
            if earlier is not None and earlier.call is not None:
                return earlier
    if found is None:
        there_are = ", ".join(past.stages) or "none yet"
        raise Refused(f"Workflow {workflow_id!r} has no stage{f' {name!r}' if name else ''}; it has: {there_are}.")
    return found


def _named(past: Past, name: str | None) -> RecordedStage | None:
    return past.stages.get(name) if name is not None else next(reversed(past.stages.values()), None)


async def _where(
    stage: RecordedStage, workflow_id: str, wanted: str | None, checkpointer: Callable[[str], str]
) -> tuple[str, str]:
    """The thread and the checkpoint."""
    what = f"Stage {stage.info.name!r} of {workflow_id!r}"
    unreadable: list[str] = []
    async with Checkpoints(checkpointer, unreadable.append) as stores:
        for thread_id in stage.threads:
            saved = [one.checkpoint_id for one in await stores.of(stage.info.graph, thread_id) if not one.namespace]
            if wanted in saved or (saved and wanted is None):
                return thread_id, wanted or saved[-1]
        where = f" in {', '.join(stores.read)}" if stores.read else ""
    if unreadable:  # what the history names will do
        known = wanted if wanted in stage.checkpoints else None if wanted else stage.info.checkpoint_id
        if known is not None:
            return stage.info.thread_id, known
        raise Refused(f"{what}: whether it has {wanted or 'a checkpoint'} cannot be seen. {unreadable[0]}")
    if wanted is None:
        raise Refused(f"{what} has no checkpoint{where} yet.")
    listed = f"`orchestrator history {workflow_id} --checkpoints` lists them"
    raise Refused(f"{what} has no checkpoint {wanted} of its own graph{where}; {listed}.")


def _options(past: Past, stage: RecordedStage, over: Options | None) -> Options | None:
    """As the original was started, so that what its graph is registered with meanwhile still counts; of a `Process`,
    as its worker resolved them."""
    base = stage.options
    if past.workflow_type == names.GRAPH_RUN:
        given = past.arguments[0] if past.arguments and isinstance(past.arguments[0], dict) else {}
        try:
            base = Options.model_validate(given["options"]) if given.get("options") else None
        except ValidationError:  # it was started by another release
            base = stage.options
    return over if base is None else base if over is None else over.over(base)
