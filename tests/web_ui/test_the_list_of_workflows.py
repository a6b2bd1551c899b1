"""The Web UI's list in a real browser: what waits, on whom, since when, due when, without opening anything."""

import asyncio
from urllib.parse import quote

from orchestrator.client import OrchestratorClient
from orchestrator.wire import Decision
from tests.support.local import until
from tests.web_ui.browser import IN_CHROMIUM, browser
from tests.web_ui.conftest import There

pytestmark = IN_CHROMIUM


async def until_listed(client: OrchestratorClient, states: dict[str, str]) -> None:
    """Return once the server lists these workflows in these states; what it lists comes a little later."""
    async with asyncio.timeout(20):
        while {info.workflow_id: info.state for info in await client.workflows()} != states:
            await asyncio.sleep(0.1)


async def test_each_line_says_what_runs_waits_or_is_parked_on_whom_since_when_and_due_when(there: There) -> None:
    client, workflows = there
    for name in ("ada", "bob"):
        await client.start_graph("payment", {"name": name, "amount": 7}, id=f"claim-{name}")
        await until(client.temporal.get_workflow_handle(f"claim-{name}"), lambda status: status["tasks"] == 1)
    await client.decide("claim-bob", Decision(action="approve", values={"amount": 7}, by="ann"))
    await until_listed(client, {"claim-ada": "waiting", "claim-bob": "parked"})
    ada, bob = [await client.describe(f"claim-{name}") for name in ("ada", "bob")]
    assert ada.due_at is not None
    assert ada.since is not None
    assert bob.since is not None
    assert bob.since > ada.since
    between = ada.since + (bob.since - ada.since) / 2
    async with browser() as page:
        await page.goto(workflows)
        await page.until("claim-ada")
        await page.columns("Workflow ID", "OrchState", "OrchSince", "OrchAssignees", "OrchDueAt")
        await page.goto(workflows)
        text = await page.until("claim-ada", "claim-bob", "parked", "waiting", "group:adjusters")
        assert f"{ada.due_at:%b %-d, %Y}" in text
        assert f"{bob.since:%-I:%M:%S}" in text
        for query, there_is, is_not in (
            ("OrchState = 'parked'", "claim-bob", "claim-ada"),
            ("OrchAssignees = 'group:adjusters'", "claim-ada", "claim-bob"),
            (f"OrchSince > '{between.isoformat()}'", "claim-bob", "claim-ada"),
        ):
            await page.goto(f"{workflows}?query={quote(query)}")
            assert is_not not in await page.until("1 RUNNING", there_is)


async def test_the_timeline_says_what_each_turn_and_timer_is(there: There) -> None:
    client, workflows = there
    run = await client.start_graph("payment", {"name": "Ada", "amount": 7}, id="claim-ada")
    await until(client.temporal.get_workflow_handle("claim-ada"), lambda status: status["tasks"] == 1)
    async with browser() as page:
        await page.goto(f"{workflows}/claim-ada/{run.run_id}/timeline")
        await page.until("payment • turn 1", "Reminder: Pay 7 EUR to Ada?")
