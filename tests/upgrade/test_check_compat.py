import asyncio
import json
from pathlib import Path

from temporalio.client import Client

from orchestrator.devserver import DevServer
from orchestrator.testing import worker_process
from tests.cli.running import ROOT, CommandLine, environment
from tests.support.local import open_tasks

APPS = Path(__file__).parent / "apps"
WORKFLOWS = ("Changing", "Gone")


async def begun(client: Client, name: str) -> None:
    """A workflow that waits for its answer, in the old version."""
    request = [] if name in WORKFLOWS else [{"graph": name, "input": {"amount": 5}}]
    kind = name if name in WORKFLOWS else "GraphRun"
    await open_tasks(await client.start_workflow(kind, args=request, id=f"compat-{name}", task_queue="versions"))


def with_version(version: str, folder: Path, address: str, checkpoints: str) -> CommandLine:
    variables = environment(
        TEMPORAL_ADDRESS=address,
        ORCHESTRATOR_CHECKPOINTS=checkpoints,
        ORCHESTRATOR_APP="versions:app",
        VERSION=version,
    )
    return CommandLine(folder, {**variables, "PYTHONPATH": f"{ROOT}:{APPS}"})


async def test_says_what_a_deploy_would_do_to_each_process_and_fails_if_any_would_not_go_on(
    temporal: DevServer, tmp_path: Path
) -> None:
    client = await temporal.client()
    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    here = (tmp_path, temporal.address, checkpoints)
    names = ("same", "fits", "migrates", "parks", *WORKFLOWS)
    app = ("--app", "versions:app")
    old_version = worker_process(temporal.address, tmp_path, *app, checkpoints=checkpoints, PYTHONPATH=f"{ROOT}:{APPS}")
    async with old_version:
        for name in names:
            await begun(client, name)
    try:
        # No worker runs.
        old, new, people = await asyncio.gather(
            asyncio.to_thread(with_version("old", *here), "check-compat", "--json"),
            asyncio.to_thread(with_version("new", *here), "check-compat", "--json", "--replay"),
            asyncio.to_thread(with_version("new", *here), "check-compat"),
        )
    finally:
        for name in names:
            await client.get_workflow_handle(f"compat-{name}").terminate()
    assert {one["verdict"] for one in old.json} == {"same"}
    assert new.status == people.status == 1
    found = {(one["workflow_id"], one["verdict"]): one["detail"] for one in json.loads(new.out)}
    assert found.pop(("compat-migrates", "migrates")) == "to_amounts"
    assert "node 'asks', which runs next, is gone" in found.pop(("compat-parks", "parks"))
    assert found.pop(("compat-Changing", "stuck")).startswith("[TMPRL1100] Nondeterminism error: ")
    assert found.pop(("compat-Gone", "stuck")).startswith(
        "the application has no workflow 'Gone'; it has: Changing, Gr"
    )
    assert set(found) == {("compat-same", "same"), ("compat-fits", "fits"), ("compat-Changing", "same")}
    assert "6 checked, 2 would not go on." in people.out
