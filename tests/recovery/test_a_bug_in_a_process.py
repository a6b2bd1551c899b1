"""As written down in docs/operations.md: deploy a fix, and take the workflow back with Temporal's own command."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer, find_cli
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.robust_serving import on_dev_server


@workflow.defn(name="Letter")
class Mistyped(Process):
    @workflow.run
    async def run(self) -> Any:
        written = await self.run_graph("writes", EMPTY)
        return written.logg


@workflow.defn(name="Letter")
class Mended(Process):
    @workflow.run
    async def run(self) -> Any:
        written = await self.run_graph("writes", EMPTY)
        return written["log"]


async def test_is_mended_by_a_fix_and_a_reset_and_no_stage_runs_again(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    def writes(_state: Log) -> Log:
        with (tmp_path / "written").open("a") as file:
            file.write("x")
        return {"log": ["Dear Ada"]}

    def version(process: type[Process]) -> Orchestrator:
        app = Orchestrator("letters")
        app.graph(chain(writes), name="writes")
        app.workflow(process)
        return app

    async with on_dev_server(temporal, checkpoints, version(Mistyped)) as local:
        handle, queue = await local.start("Letter"), local.queue
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    fixed = version(Mended)
    fixed.name = queue
    async with worker(fixed, local.client, Settings(checkpoints=checkpoints, drain_seconds=1)):
        reset = await asyncio.create_subprocess_exec(
            find_cli(),
            *("workflow", "reset", "--workflow-id", handle.id, "--type", "LastWorkflowTask"),
            *("--reason", "a typing error", "--address", temporal.address),
            stdout=sys.stderr,
        )
        assert await reset.wait() == 0
        assert await local.client.get_workflow_handle(handle.id).result() == ["Dear Ada"]
    assert (tmp_path / "written").read_text() == "x"
