"""The follow-up of one customer, from the first mail to the recorded outcome."""

from datetime import timedelta

from temporalio import workflow

from orchestrator.workflow import Process

with workflow.unsafe.imports_passed_through():  # models only: no need to build them anew for each workflow
    from graphs.follow_up_case import FollowUpCase, FollowUpResult, OutcomeRecord

RECORD_TIMEOUT = timedelta(seconds=20)
"""Of one attempt: also how long a worker's death in the middle of it goes unnoticed."""


@workflow.defn
class FollowUp(Process):
    """The conversation, which is one graph, and what came of it."""

    @workflow.run
    async def run(self, case: FollowUpCase) -> FollowUpResult:
        """The result, once it is recorded."""
        workflow_id = workflow.info().workflow_id
        result = await self.run_graph(
            "follow_up", {"case": case, "workflow_id": workflow_id}, result_type=FollowUpResult
        )
        await workflow.execute_activity(
            "record_outcome",
            OutcomeRecord(workflow_id=workflow_id, outcome=result.outcome or "closed", decided_by=result.decided_by),
            start_to_close_timeout=RECORD_TIMEOUT,
            schedule_to_close_timeout=timedelta(days=7),
        )
        return result
