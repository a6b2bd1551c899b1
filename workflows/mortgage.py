"""A mortgage application from its filing to the letter."""

import asyncio
from datetime import timedelta

from temporalio import workflow

from orchestrator.workflow import DefaultAnswer, Process

with workflow.unsafe.imports_passed_through():  # models only: no need to build them anew for each workflow
    from graphs.application import (
        Appraisal,
        CreditAssessment,
        DocumentCheck,
        Letter,
        LoanApplication,
        LoanDecision,
        Mail,
        Recommendation,
        UnderwriterDecision,
        Verdict,
    )

UNDERWRITERS = "group:underwriters"
REFERRED_OUT = DefaultAnswer(action="reject", comment="Referred out: no underwriter decided within five days.")
"""What holds when nobody answers. An application is never approved by silence."""

LETTER_TIMEOUT = timedelta(seconds=20)
"""Of one attempt to send the letter: also how long a worker's death in the middle of it goes unnoticed."""


@workflow.defn
class MortgageUnderwriting(Process):
    """Documents; credit and appraisal side by side; the recommendation; a human where it refers; the letter."""

    @workflow.run
    async def run(self, application: LoanApplication) -> LoanDecision:
        """The decision, once the letter has gone out."""
        documents = await self.run_graph("check_documents", {"application": application}, result_type=DocumentCheck)
        recommendation, appraisal = None, Appraisal()
        if documents.complete:
            credit, appraisal = await asyncio.gather(
                self.run_graph("assess_credit", {"application": application}, result_type=CreditAssessment),
                self.run_graph("appraise_property", {"application": application}, result_type=Appraisal),
            )
            facts = {"application": application, "credit": credit, "appraisal": appraisal}
            recommendation = await self.run_graph("recommend", facts, result_type=Recommendation)
            verdict = await self._verdict(application, credit, appraisal, recommendation)
        else:
            reasons = [f"Missing: {name}" for name in documents.missing]
            verdict = Verdict(outcome="incomplete", decided_by="rules", reasons=reasons)
        return LoanDecision(
            application_id=application.application_id,
            outcome=verdict.outcome,
            decided_by=verdict.decided_by,
            recommended=recommendation.decision if recommendation else None,
            points=recommendation.points if recommendation else None,
            reasons=verdict.reasons,
            conditions=verdict.conditions,
            reminders=documents.reminders,
            appraisals_ordered=appraisal.orders,
            message_id=await self._send_letter(application, verdict),
        )

    async def _verdict(
        self,
        application: LoanApplication,
        credit: CreditAssessment,
        appraisal: Appraisal,
        recommendation: Recommendation,
    ) -> Verdict:
        """What the rules decide, or a human where they refer."""
        reasons = [finding.reason for finding in recommendation.findings]
        if recommendation.decision != "refer":
            outcome = {"approve": "approved", "deny": "denied"}[recommendation.decision]
            return Verdict(outcome=outcome, decided_by="rules", reasons=reasons if outcome == "denied" else [])
        answer = await self.ask(
            f"Approve the mortgage of {application.application_id}?",
            form=UnderwriterDecision,
            payload={
                "application": application.model_dump(mode="json"),
                "credit": credit.model_dump(mode="json"),
                "appraisal": appraisal.model_dump(mode="json"),
                "recommendation": recommendation.model_dump(mode="json"),
            },
            assignees=[UNDERWRITERS],
            due=timedelta(days=5),
            remind_every=timedelta(days=1),
            on_due=REFERRED_OUT,
        )
        decided = answer.values or UnderwriterDecision(rationale=answer.comment or "No reason was given.")
        return Verdict(
            outcome="approved" if answer.approved else "denied",
            decided_by=answer.by,
            reasons=[] if answer.approved else [decided.rationale, *reasons],
            conditions=decided.conditions if answer.approved else [],
        )

    async def _send_letter(self, application: LoanApplication, verdict: Verdict) -> str:
        """The Message-ID of the letter. Also after a reset no outcome is told twice, but a changed one is told."""
        letter = await self.run_graph(
            "write_letter", {"application": application, "verdict": verdict}, result_type=Letter
        )
        info = workflow.info()
        mail = Mail(
            key=f"letter/{info.workflow_id}/{info.first_execution_run_id}/{verdict.outcome}",
            to=application.contact,
            subject=letter.subject,
            text=letter.text,
        )
        message_id: str = await workflow.execute_activity(
            "send_letter",
            mail,
            result_type=str,
            start_to_close_timeout=LETTER_TIMEOUT,
            schedule_to_close_timeout=timedelta(days=7),
        )
        return message_id
