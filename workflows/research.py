"""A question from its plan to its report."""

from temporalio import workflow

from orchestrator.workflow import Process

with workflow.unsafe.imports_passed_through():  # models only: no need to build them anew for each workflow
    from graphs.research_dossier import PlannedResearch, Report, ResearchRequest


@workflow.defn
class DeepResearch(Process):
    """The plan, which a person may edit; the reading; the report."""

    @workflow.run
    async def run(self, request: ResearchRequest) -> Report:
        """The report."""
        start = {"request": request, "budget": request.budget}
        plan = await self.run_graph("plan_research", start, result_type=PlannedResearch)
        if not plan.approved:
            return Report(question=request.question, outcome="plan rejected", budget=plan.budget, spent=plan.spent)
        # Without a result_type: what was read may be megabytes, and then comes as a Ref, which the next stage takes.
        dossier = await self.run_graph("research_questions", plan)
        return await self.run_graph("write_report", dossier, result_type=Report)
