"""Histories recorded by `python -m tests.support.record` still fit the code: no running workflow breaks on a deploy."""

import json
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from orchestrator.converter import DATA_CONVERTER
from orchestrator.worker import PASSED_THROUGH
from orchestrator.workflow import GraphRun
from tests.support.record import HISTORIES, ON_DEV_SERVER, ON_SKIPPED_TIME
from tests.support.recorded import Whole

RECORDED = sorted(HISTORIES.glob("*.json"))


def replayer(*workflows: type) -> Replayer:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return Replayer(
        workflows=workflows,
        data_converter=DATA_CONVERTER,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text())


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_with_no_difference(file: Path) -> None:
    await replayer(GraphRun, Whole).replay_workflow(history(file))


def test_there_is_one_of_each_scenario() -> None:
    assert {file.stem for file in RECORDED} == {scenario.__name__ for scenario in (*ON_DEV_SERVER, *ON_SKIPPED_TIME)}


@workflow.defn(name="Whole")
class Changed:
    @workflow.run
    async def run(self, name: str) -> None:
        await workflow.sleep(len(name))


async def test_a_workflow_whose_code_has_changed_is_noticed() -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replayer(Changed).replay_workflow(history(HISTORIES / "whole.json"))


async def test_so_is_a_step_that_the_history_has_and_the_code_has_not() -> None:
    recorded = json.loads((HISTORIES / "completes.json").read_text())
    for event in recorded["events"]:
        attributes = event.get("activityTaskScheduledEventAttributes")
        if attributes:
            attributes["activityType"]["name"] = "another"
    with pytest.raises(workflow.NondeterminismError):
        await replayer(GraphRun).replay_workflow(WorkflowHistory.from_json("completes", recorded))
