import contextlib
from pathlib import Path

import pytest

from orchestrator.devserver import dev_server, free_port
from tests.support.crash_crew import Crew, expected, outcome
from tests.support.runs import answer, open_tasks


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_stages_that_run_and_stages_that_wait_outlive_the_server(tmp_path: Path, how: str) -> None:
    """Restarted while one stage is inside the node `one`, which ends meanwhile, and another one waits."""
    port, db = free_port(), tmp_path / "temporal.db"
    async with contextlib.AsyncExitStack() as workers:
        async with dev_server(port=port, db=db, headless=True) as server:
            checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"
            crew = Crew(await server.client(), server.address, tmp_path, checkpoints)
            await workers.enter_async_context(crew.worker())
            crew.release("before", "after")
            waits = await crew.begin("questions", "waits")
            await open_tasks(waits)
            runs = await crew.begin("chain", "runs")
            await crew.until("begin", "one")
            if how == "killed":
                server.process.kill()
        crew.release("one")
        await crew.until("end", "one")
        async with dev_server(port=port, db=db, headless=True):
            crew.release()
            assert await outcome(runs) == expected("chain", {})
            await answer(waits, "A", "first?")
            await answer(waits, "B", "second?")
            assert await outcome(waits) == expected("questions", {"first?": "A", "second?": "B"})
    crew.check({"runs": "chain", "waits": "questions"})
