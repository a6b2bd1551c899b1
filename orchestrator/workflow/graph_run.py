"""`GraphRun`: any registered graph, with no workflow code."""

import asyncio

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from orchestrator import names
from orchestrator.errors import Refused
from orchestrator.wire import Fork, GraphRunInput, GraphRunResult
from orchestrator.workflow.carried import with_carried
from orchestrator.workflow.engine import Engine
from orchestrator.workflow.inbound import decode, parse
from orchestrator.workflow.process import BAD_INPUT, Process
from orchestrator.workflow.renewal import begin_a_new_run


# The sandbox looks after an author's code. Here is none, and the engine's runs in it wherever there is a Process.
@workflow.defn(name=names.GRAPH_RUN, sandboxed=False)
class GraphRun(Process):
    """Runs one graph to its end, with all its waits."""

    @workflow.run
    async def run(self, request: RawValue) -> GraphRunResult:
        """See `GraphRunInput`.

        Raises:
            ApplicationError: Of type BadInput: the request is malformed, or names no graph there is. *Not retryable.*
        """
        try:
            wanted = parse(GraphRunInput, decode([request]))
        except Refused as reason:
            raise ApplicationError(str(reason), type=BAD_INPUT, non_retryable=True) from None
        engine = self._engine
        if wanted.fork is not None and workflow.patched("fork-audit"):
            _begin_fork(engine, wanted.fork)
        running = asyncio.create_task(
            engine.run_stage(
                wanted.graph,
                wanted.input,
                ref=wanted.input_ref,
                fork=wanted.fork,
                stage=None,
                context=wanted.context,
                options=wanted.options,
                carried=engine.continued,
                thread=wanted.thread,
            )
        )
        again = wanted.model_copy(update={"input": None, "input_ref": None, "fork": None})
        try:
            while not running.done():
                await workflow.wait_condition(lambda: running.done() or _may_continue(engine))
                if not running.done():
                    await begin_a_new_run(
                        engine,
                        lambda: with_carried([again], engine.carried()),
                        at_rest=lambda: not running.done() and _may_continue(engine),
                    )
                    await workflow.wait_condition(lambda: running.done() or not _may_continue(engine))
        except asyncio.CancelledError:
            running.cancel()
            await running
            raise
        result = running.result()
        return GraphRunResult(
            output=result.output,
            output_ref=result.output_ref,
            thread_id=result.thread_id,
            checkpoint_id=result.checkpoint_id,
        )


def _may_continue(engine: Engine) -> bool:
    return bool(engine.stages) and engine.may_continue_as_new()


def _begin_fork(engine: Engine, fork: Fork) -> None:
    """Say where it comes from, and remember who may not decide on what."""
    detail = fork.model_dump(mode="json", include={"workflow_id", "stage", "thread_id", "checkpoint_id", "reason"})
    engine.audit.record("forked", by=fork.by or "unknown", detail={**detail, "amended": sorted(fork.values or ())})
    amended_by = [fork.by] if fork.values and fork.by else []
    for person in (*fork.editors, *amended_by):
        engine.desk.edited(person)
