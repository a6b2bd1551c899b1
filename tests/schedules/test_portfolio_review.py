"""The reference application's nightly review, over decisions that were really made."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client

from activities import portfolio
from graphs.application import LoanApplication
from graphs.portfolio import ENOUGH, Case, figures
from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.schedules.declared import carry_out, steps
from orchestrator.schedules.service import Schedules
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.reference.cases import application
from tests.schedules.underwriting import MortgageUnderwriting
from tests.support.local import Handle, decide, open_tasks


def case(number: int, outcome: str = "approved", **more: Any) -> Case:
    fields = {"decided_by": "rules", "recommended": None, "reasons": ["debt"]} | {
        name: more.pop(name) for name in ("decided_by", "recommended", "reasons") if name in more
    }
    filed = application(application_id=f"case-{number}", **more)
    decision = {"application_id": filed.application_id, "outcome": outcome, "message_id": "m", **fields}
    return Case.model_validate({"workflow_id": f"w{number}", "application": filed, "decision": decision})


def test_nothing_is_off_about_an_ordinary_day() -> None:
    found = figures([case(number, "denied" if number % 3 else "approved") for number in range(9)], [0.3])
    assert (found.decided, found.approved, found.exceptions) == (9, 3, [])
    assert found.reasons == {"debt": 6}


def test_a_group_that_fares_worse_is_found() -> None:
    cases = [
        case(number, self_employed=number < ENOUGH, outcome="denied" if number < 3 else "approved")
        for number in range(10)
    ]
    assert figures(cases, []).exceptions == ["self-employed: 40% approved, of all others 100%"]


@pytest.mark.parametrize(
    ("cases", "before", "told"),
    [
        ([case(1, recommended="deny", decided_by="ann")], [], "case-1 was approved by ann against the rules"),
        ([case(1, "denied", reasons=[])], [], "case-1 was denied by rules without a reason"),
        ([case(1).model_copy(update={"decision": None})], [], "case-1 was closed without a decision (w1)"),
        ([case(number) for number in range(ENOUGH)], [0.5, 0.6], "100% approved, usually 55%"),
    ],
)
def test_each_thing_that_is_off_is_told(cases: Sequence[Case], before: Sequence[float], told: str) -> None:
    assert figures(cases, before).exceptions == [told]


async def underwritten(client: Client, queue: str, filed: LoanApplication, outcome: str, reasons: list[str]) -> None:
    arguments = [filed.model_dump(mode="json"), outcome, reasons]
    await client.execute_workflow("MortgageUnderwriting", args=arguments, id=f"m-{uuid4()}", task_queue=queue)


async def test_it_reviews_what_was_decided_since_the_last_time_and_asks_only_if_something_is_off(
    temporal: DevServer, tmp_path: Path
) -> None:
    client = await temporal.client()
    app = Orchestrator(f"mortgage-{uuid4().hex[:8]}")
    portfolio.register(app, settled=timedelta(0))
    app.workflow(MortgageUnderwriting)
    schedules, name = Schedules(client), "nightly-portfolio-review"
    settings = Settings(checkpoints=f"sqlite:///{tmp_path / 'c.db'}", search_attributes=False)
    async with worker(app, client, settings):
        await carry_out(schedules, app, app.name, await steps(schedules, app, app.name), prune=False)

        async def review(day: int) -> Handle:
            night = datetime(2026, 1, day, 7, tzinfo=UTC)  # two in the morning, in New York
            await schedules.backfill(name, night, night)
            handle = client.get_workflow_handle(f"{name}-{night:%Y-%m-%dT%H:%M:%SZ}")
            while handle.id not in (await schedules.show(name)).recent:
                await asyncio.sleep(0.05)
            return handle

        async def listed(count: int) -> None:
            while (
                await client.count_workflows("WorkflowType = 'MortgageUnderwriting' AND ExecutionStatus = 'Completed'")
            ).count < count:
                await asyncio.sleep(0.05)

        for number in range(3):
            await underwritten(client, app.name, application(application_id=f"a-{number}"), "approved", [])
        await underwritten(client, app.name, application(application_id="a-3"), "denied", ["debt"])
        await listed(4)
        first = (await (await review(1)).result())["output"]
        assert (first["decided"], first["approved"], first["exceptions"]) == (4, 3, [])
        assert first["reasons"] == {"debt": 1}

        await underwritten(client, app.name, application(application_id="b-1"), "denied", [])
        await listed(5)
        asking = await review(2)
        (task,) = await open_tasks(asking)
        assert task["assignees"] == ["group:risk"]
        assert task["description"] == "- b-1 was denied by rules without a reason"
        await decide(asking, values={"remark": "a misprint"}, by="rita")
        second = (await asking.result())["output"]
        assert (second["decided"], second["looked_into_by"], second["remark"]) == (1, "rita", "a misprint")
        assert second["since"] == first["until"]
        await schedules.delete(name)
