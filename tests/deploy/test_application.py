import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from orchestrator.devserver import DevServer
from tests.deploy.files import DEPLOY, OURS, ROOT, seconds, services
from tests.support.runs import answer

START_TIMEOUT_SECONDS = 60


@contextlib.asynccontextmanager
async def container(service: str, address: str, postgres: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A service of ours without its container: its command and environment, at this machine's servers."""
    described = services(OURS)[service]
    here = {"TEMPORAL_ADDRESS": address, "ORCHESTRATOR_CHECKPOINTS": postgres, "ORCHESTRATOR_LINK_SECRET": "s" * 48}
    path = {"PYTHONPATH": f"{DEPLOY / 'app'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "orchestrator",
            *described["command"],
            env={**described["environment"], **here, **path},
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_application_that_compose_starts_with_asks_answers_and_stops_in_time(
    temporal: DevServer, postgres: str, tmp_path: Path
) -> None:
    async with container("setup", temporal.address, postgres, tmp_path / "setup.log") as setup:
        assert await setup.wait() == 0, (tmp_path / "setup.log").read_text()
    log = tmp_path / "worker.log"
    client = await temporal.client()
    async with container("worker", temporal.address, postgres, log) as worker:
        async with asyncio.timeout(START_TIMEOUT_SECONDS):
            while "worker started" not in log.read_text():
                assert worker.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        handle = await client.start_workflow(
            "GraphRun", {"graph": "hello", "input": {"name": "Ada"}}, id=f"hello-{uuid4()}", task_queue="hello"
        )
        await answer(handle, None, "Shall I greet Ada?")
        result = await handle.result()
        assert result["output"] == {"name": "Ada", "text": "Hello Ada!"}
        worker.send_signal(signal.SIGTERM)
        async with asyncio.timeout(seconds(services(OURS)["worker"]["stop_grace_period"])):
            assert await worker.wait() == 0, log.read_text()
