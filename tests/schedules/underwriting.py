"""Underwriting that is told what to decide, under the real one's name: a review sees what Temporal keeps of it."""

from temporalio import workflow

from orchestrator.workflow import Process

with workflow.unsafe.imports_passed_through():
    from graphs.application import LoanApplication, LoanDecision


@workflow.defn
class MortgageUnderwriting(Process):
    @workflow.run
    async def run(self, application: LoanApplication, outcome: str, reasons: list[str]) -> LoanDecision:
        return LoanDecision.model_validate(
            {
                "application_id": application.application_id,
                "outcome": outcome,
                "decided_by": "rules",
                "reasons": reasons,
                "message_id": "m",
            }
        )
