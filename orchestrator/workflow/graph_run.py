"""`GraphRun`: any registered graph, with no workflow code."""

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from orchestrator import names
from orchestrator.errors import Refused
from orchestrator.wire import GraphRunInput, GraphRunResult
from orchestrator.workflow.inbound import decode, parse
from orchestrator.workflow.process import BAD_INPUT, Process


@workflow.defn(name=names.GRAPH_RUN)
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
            raise ApplicationError(str(reason), type=BAD_INPUT, non_retryable=True) from reason
        result = await self._engine.run_stage(
            wanted.graph,
            wanted.input,
            ref=wanted.input_ref,
            stage=None,
            context=wanted.context,
            options=wanted.options,
        )
        return GraphRunResult(
            output=result.output,
            output_ref=result.output_ref,
            thread_id=result.thread_id,
            checkpoint_id=result.checkpoint_id,
        )
