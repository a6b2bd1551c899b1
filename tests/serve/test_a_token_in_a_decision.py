from pathlib import Path

from temporalio.client import Client

from orchestrator import Orchestrator
from orchestrator.identity.tokens import mint
from orchestrator.testing import worker
from orchestrator.waits import ask
from tests.identity.keys import AUDIENCE, ISSUER, SECRET
from tests.serve.office import settings
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, open_tasks, output, refusal, submit


def approving(_state: Log) -> Log:
    return {"log": [ask("Pay?", assignees=["group:payers"], identity="named").by]}


async def test_is_verified_by_the_worker_and_counts_once(client: Client, tmp_path: Path) -> None:
    app = Orchestrator("office-tokens")
    app.graph(chain(approving), name="pay")
    keys = {"token_secret": SECRET, "token_issuer": ISSUER, "token_audience": AUDIENCE}
    async with worker(app, client, settings(f"sqlite:///{tmp_path / 'c.db'}", **keys)):
        handle = await client.start_workflow(
            "GraphRun", {"graph": "pay", "input": EMPTY}, id=f"pay-{tmp_path.name}", task_queue="office-tokens"
        )
        [task] = await open_tasks(handle)

        def token(**changed: str) -> str:
            bound = {"subject": "ann", "workflow_id": handle.id, "task_id": task["task_id"]}
            return mint(secret=SECRET, issuer=ISSUER, audience=AUDIENCE, groups=["payers"], **{**bound, **changed})

        async def refused(given: str, by: str = "ann") -> str:
            return await refusal(handle, "submit_decision", {"action": "approve", "by": by, "token": given})

        assert "takes signed decisions only" in await refusal(
            handle, "submit_decision", {"action": "approve", "by": "ann"}
        )
        assert "bound to another workflow" in await refused(token(workflow_id="another"))
        assert "bound to task" in await refused(token(task_id="another"))
        assert "message says that it is by bo" in await refused(token(), by="bo")
        assert "malformed" in await refused("no token at all")
        good = token()
        assert (await submit(handle, token=good))["status"] == "accepted"
        assert await output(handle) == {"log": ["ann"]}
        assert good not in str(await audited(handle, "decided"))
