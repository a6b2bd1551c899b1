"""Recorded histories, replayed against the code at hand: what breaks here would be stuck after a deploy."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from orchestrator.app import Orchestrator
from orchestrator.converter import data_converter
from orchestrator.settings import load
from orchestrator.worker import PASSED_THROUGH
from orchestrator.workflow import GraphRun
from orchestrator.workflow.retention import Retention


async def record(handle: WorkflowHandle[Any, Any], file: Path) -> None:
    """Keep the history of a workflow, as JSON. One that was released is evidence: it is never recorded anew."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((await handle.fetch_history()).to_json() + "\n", encoding="utf-8")


async def replay(app: Orchestrator, files: Iterable[Path]) -> dict[str, str]:
    """What is wrong with each history that the application's workflows no longer fit, by the file's stem.

    Args:
        app: The application; no graph of it runs.
        files: What `record` has written, or `temporal workflow show --output json`.
    """

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for file in files:
            yield WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))

    broken: dict[str, str] = {}
    async with replayer(app).workflow_replay_iterator(histories()) as results:
        async for result in results:
            if result.replay_failure is not None:
                broken[result.history.workflow_id] = str(result.replay_failure)
    return broken


def replayer(app: Orchestrator, namespace: str = "default") -> Replayer:
    """Temporal's replayer of an application's workflows, set up as a worker of ours is: an encrypted history needs the
    keys of its namespace."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return Replayer(
        workflows=[GraphRun, Retention, *app.workflows],
        data_converter=data_converter(load(), namespace),
        namespace=namespace,
        # What is wrong is told in the result; the SDK's own log would stand in the output of whoever asked.
        runtime=Runtime(telemetry=TelemetryConfig(logging=None)),
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )
