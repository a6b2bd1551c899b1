"""The benchmark of long lives, small: hundreds in place of thousands, with a new run every thirty events."""

from pathlib import Path

from benchmarks.long_life import Sum, application
from orchestrator.devserver import DevServer
from tests.long_life.running import chain, latest, serving

STAGES, SIGNALS = 40, 150


async def test_each_of_many_stages_runs_once_over_many_runs(hasty: DevServer, tmp_path: Path) -> None:
    client = await hasty.client()
    async with serving(client, application(), f"sqlite:///{tmp_path / 'c.db'}") as local:
        handle = latest(client, await local.start("Stages", STAGES, 0))
        assert await handle.result() == STAGES
        assert len(await chain(client, handle)) > 5


async def test_each_of_many_signals_counts_once_over_many_runs(hasty: DevServer, tmp_path: Path) -> None:
    client = await hasty.client()
    async with serving(client, application(), f"sqlite:///{tmp_path / 'c.db'}") as local:
        handle = latest(client, await local.start("Signals", SIGNALS, Sum().model_dump()))
        for number in range(SIGNALS):
            await handle.signal("event", {"name": "number", "payload": number})
        assert await handle.result() == {"count": SIGNALS, "total": sum(range(SIGNALS))}
        assert len(await chain(client, handle)) > 1
