from datetime import timedelta

from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.testing import time_skipping, worker
from orchestrator.workflow import Process


@workflow.defn
class Patient(Process):
    @workflow.run
    async def run(self) -> str:
        await self.sleep(timedelta(days=30))
        answer = await self.ask("Still there?")
        return answer.by


async def test_a_process_of_thirty_days_ends_with_the_answer_of_day_thirty_one() -> None:
    app = Orchestrator("patient")
    app.workflow(Patient)
    async with time_skipping() as environment, worker(app, environment.client):
        handle = await environment.client.start_workflow(Patient.run, id="patient", task_queue="patient")
        await environment.sleep(timedelta(days=31))
        await handle.signal("decide", {"action": "approve", "by": "ann"})
        assert await handle.result() == "ann"
