"""Takes the pictures of docs/web-ui.md: `make pictures`. Needs Chromium, and nothing else that is not here."""

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from docs.pictures.claims import app
from orchestrator import logs
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer, dev_server
from orchestrator.search_attributes import register
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.wire import Decision
from tests.web_ui.browser import EXECUTABLE, Page, browser

HERE = Path(__file__).parent
WIDTH, NAVIGATION = 1700, 257
LOOKS = 6
COLUMNS = ("Status", "Workflow ID", "Type", "OrchState", "OrchSince", "OrchStage", "OrchAssignees", "OrchDueAt")
VIEWS = {
    "Parked": "OrchState = 'parked'",
    "Waits for adjusters": "OrchAssignees = 'group:adjusters'",
}
PATIENCE = timedelta(seconds=30)


async def until(client: OrchestratorClient, workflow_id: str, state: str) -> None:
    """Return once a workflow is in that state."""
    async with asyncio.timeout(PATIENCE.total_seconds()):
        while (await client.describe(workflow_id)).state != state:
            await asyncio.sleep(0.1)


async def lead_up(client: OrchestratorClient) -> None:
    """Claims in every state."""
    claims = {"claim-ada": ("Ada", 3900), "claim-bob": ("Bob", 120), "claim-cleo": ("Cleo", 17500)}
    for workflow_id, (name, amount) in claims.items():
        claim = {"name": name, "amount": amount}
        await client.start_graph("payment", claim, id=workflow_id, started_by="ivy")
        await until(client, workflow_id, "waiting")
    await client.decide("claim-bob", Decision(action="approve", values={"amount": 120}, by="ann"))
    await until(client, "claim-bob", "parked")
    await client.start_graph("theft", {"name": "Eve"}, id="claim-eve")
    await client.start_graph("damage", {"name": "Finn"}, id="claim-finn")
    await client.start_workflow("Settlement", {"name": "Gil", "amount": 800}, id="claim-gil", started_by="ivy")
    await until(client, "claim-eve", "waiting")
    await until(client, "claim-gil", "waiting")


async def take(page: Page, name: str, height: int) -> None:
    """Keep a picture, once nothing moves any more; a running timeline never comes to rest."""
    before = b""
    for _ in range(LOOKS):
        now = await page.picture(WIDTH, height, left=NAVIGATION)
        if now == before:
            break
        before = now
        await asyncio.sleep(1)
    (HERE / f"{name}.png").write_bytes(before)
    sys.stdout.write(f"{name}.png {len(before) // 1024} KiB\n")


async def pictures(server: DevServer, client: OrchestratorClient, page: Page) -> None:
    """All of them."""
    workflows = f"{server.ui}/namespaces/default/workflows"
    await page.goto(workflows)
    await page.until("claim-ada")
    await page.columns(*COLUMNS)
    for name, query in VIEWS.items():
        await page.goto(f"{workflows}?query={quote(query)}&savedQuery={quote(name)}")
        await page.until(name, "claim-")
    await page.goto(workflows)
    await page.until("claim-ada", "parked", "group:adjusters")
    await take(page, "list", 520)
    for workflow_id in ("claim-bob", "claim-gil"):
        run_id = (await client.describe(workflow_id)).run_id
        await page.goto(f"{workflows}/{workflow_id}/{run_id}/user-metadata")
        await page.until("Current Details")
        await take(page, workflow_id, 880)
    run_id = (await client.describe("claim-bob")).run_id
    await page.goto(f"{workflows}/claim-bob/{run_id}/timeline")
    await page.until("payment")
    await take(page, "timeline", 900)


async def main() -> None:
    """Start everything, lead up to it, and look."""
    if EXECUTABLE is None:
        sys.exit("No Chromium is installed here.")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(checkpoints=f"sqlite:///{folder}/checkpoints.db", drain_seconds=1, log_level="error")
        logs.configure(settings)
        async with dev_server() as server:
            temporal = await server.client()
            await register(temporal)
            async with worker(app, temporal, settings):
                client = OrchestratorClient(temporal, task_queue=app.name)
                await lead_up(client)
                async with browser(WIDTH, 1100) as page:
                    await pictures(server, client, page)


if __name__ == "__main__":
    asyncio.run(main())
