from datetime import UTC, datetime
from typing import Any

from orchestrator.cli.report import Report, StageReport, reached
from orchestrator.info import ActivityInfo


def report(stage_steps: int, turn: int, **activity: Any) -> Report:
    return Report(
        workflow_id="w",
        run_id="r",
        workflow_type="GraphRun",
        task_queue="q",
        state="running",
        started_at=datetime.now(UTC),
        stages=[StageReport(name="review", graph="review", thread_id="t", steps=stage_steps, attempt=turn)],
        activities=[ActivityInfo(type="review", state="started", **activity)],
    )


def steps(now: Report, before: Report | None = None) -> int:
    [stage] = now.stages or []
    return reached(now, stage, before).steps


def test_a_stage_has_the_steps_that_its_heartbeat_tells() -> None:
    assert steps(report(0, 1, attempt=1, stage="review", steps=2)) == 2


def test_an_attempt_that_has_not_told_any_has_those_of_the_one_before() -> None:
    assert steps(report(0, 1, attempt=2), before=report(2, 1, attempt=1)) == 2


def test_another_turn_may_have_gone_back() -> None:
    assert steps(report(1, 2, attempt=1), before=report(5, 1, attempt=1)) == 1
