import os
from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from tests.support.crash_crew import Crew
from tests.support.crash_walk import Walk

SECONDS = float(os.environ.get("CRASH_WALK_SECONDS", "15"))
SEEDS = [int(seed) for seed in os.environ.get("CRASH_WALK_SEED", "1,2").split(",")]
REST_SECONDS = 45
"""For what comes before and after the moves."""


@pytest.mark.timeout(SECONDS + REST_SECONDS)
@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_happens_each_run_ends_right(
    temporal: DevServer, tmp_path: Path, seed: int, request: pytest.FixtureRequest
) -> None:
    """CRASH_WALK_SECONDS: for how long; CRASH_WALK_SEED: seeds, `1,2,3`. Odd ones walk on SQLite, even ones on
    PostgreSQL."""
    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}" if seed % 2 else request.getfixturevalue("postgres")
    crew = Crew(await temporal.client(), temporal.address, tmp_path, checkpoints)
    crew.release()
    walk = Walk(crew, seed)
    try:
        await walk.run(SECONDS)
    except BaseException as error:
        moves = "\n  ".join(walk.moves)
        runs = {name: run.handle.id for name, run in walk.runs.items()}
        raise AssertionError(f"CRASH_WALK_SEED={seed}, {runs}, moves:\n  {moves}\n{error!r}") from error
