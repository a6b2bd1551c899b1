from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.workflow import Process
from tests.support.robust_serving import ends_cancelled, on_dev_server, result, until_failed


@workflow.defn
class Sends(Process):
    @workflow.run
    async def run(self) -> str:
        sent: str = await workflow.execute_activity(
            "send_lettre",
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=0.2), backoff_coefficient=1),
        )
        return sent


@activity.defn
async def send_lettre() -> str:
    return "sent"


def application() -> Orchestrator:
    app = Orchestrator("tests")
    app.workflow(Sends)
    return app


async def test_leaves_the_workflow_running_with_the_reason_in_sight_and_cancellable(temporal: DevServer) -> None:
    async with on_dev_server(temporal, app=application()) as local:
        handle = await local.start("Sends")
        await until_failed(handle)
        (pending,) = (await handle.describe()).raw_description.pending_activities
        reason = pending.last_failure.message
        assert "send_lettre" in reason
        assert "is not registered" in reason
        assert (await handle.query("status"))["state"] == "running"
        await handle.cancel()
        await ends_cancelled(handle)


async def test_runs_once_it_is_deployed(temporal: DevServer) -> None:
    app = application()
    async with on_dev_server(temporal, app=app) as local:
        handle = await local.start("Sends")
        await until_failed(handle)
    app.activity(send_lettre)
    async with worker(app, local.client, Settings(checkpoints="memory://", drain_seconds=1)):
        assert await result(handle) == "sent"
